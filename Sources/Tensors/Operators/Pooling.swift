/// Pooling of images of `[batch, channels, height, width]`.
extension Tensor {
    /// The largest element of each place of a square window.
    ///
    /// - Parameters:
    ///   - kernel: The window's side.
    ///   - stride: From one place to the next.
    ///   - padding: How far the window may stand beyond each side; nothing is there.
    /// - Returns: `[batch, channels, …, …]`.
    public func maximumPooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
        precondition(padding * 2 <= kernel, "A window must see something at each place")
        let window = window(kernel, kernel, stride: stride, padding: padding)
        let output: Shape = [window.batch, window.channels, window.outputHeight, window.outputWidth]
        let result = Tensor(uninitialized: output, like: self)
        let places = Tensor(uninitialized: output, dtype: .int64, on: storage.pool)
        arithmetic.maximumPool(self, window, into: result, places: places)
        return result.recorded(from: [self]) { [shape] flow in
            let images = flow.gradientToAddTo(0, shape: shape, like: flow.gradient)
            images.arithmetic.scatterPlanes(
                flow.gradient, at: places, planes: window.batch * window.channels, into: images)
            flow.add(images, to: 0)
        }
    }

    /// The mean of each place of a square window; zeros of the padding count.
    ///
    /// - Parameters:
    ///   - kernel: The window's side.
    ///   - stride: From one place to the next.
    ///   - padding: Zeros on each side.
    /// - Returns: `[batch, channels, …, …]`.
    public func averagePooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
        let planes = reshaped([size(0) * size(1), 1, size(2), size(3)])
        let window = planes.window(kernel, kernel, stride: stride, padding: padding)
        return planes.unfolded(window).mean(over: -1)
            .reshaped([size(0), size(1), window.outputHeight, window.outputWidth])
    }

    /// The means over a grid of cells that covers each image: cell i of n over a length l covers ⌊i·l/n⌋ up to ⌈(i+1)·l/n⌉.
    public func adaptivelyAveragePooled(height: Int, width: Int) -> Tensor {
        precondition(rank == 4 && height > 0 && width > 0, "Images of \(shape) are pooled to a grid of cells")
        precondition(size(2) > 0 && size(3) > 0, "Empty images have no mean")
        let result = Tensor(uninitialized: [size(0), size(1), height, width], like: self)
        arithmetic.averagePoolAdaptively(self, into: result)
        return result.recorded(from: [self]) { [shape] flow in
            let images = flow.gradientToAddTo(0, shape: shape, like: flow.gradient)
            images.arithmetic.averagePoolAdaptivelyGradient(flow.gradient, into: images)
            flow.add(images, to: 0)
        }
    }
}
