/// A convolution of images, as cross-correlation.
///
/// - Parameters:
///   - images: `[batch, channels, height, width]`.
///   - weight: `[out, channels, kernelHeight, kernelWidth]`.
///   - bias: `[out]`.
///   - stride: From one place of the kernel to the next.
///   - padding: Zeros on each side.
/// - Returns: `[batch, out, outputHeight, outputWidth]`.
public func convolution(
    _ images: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
) -> Tensor {
    precondition(
        weight.rank == 4 && images.rank == 4 && weight.size(1) == images.size(1),
        "Images \(images.shape) and kernels \(weight.shape) have the same channels")
    let window = images.window(weight.size(2), weight.size(3), stride: stride, padding: padding)
    let places = window.outputHeight * window.outputWidth
    let patches = images.unfolded(window).reshaped([window.batch, places, weight.elementCount / weight.size(0)])
    let kernels = weight.reshaped([weight.size(0), weight.elementCount / weight.size(0)])
    let result = kernels.matrixProduct(patches, transposesOther: true)
        .reshaped([window.batch, weight.size(0), window.outputHeight, window.outputWidth])
    return bias.map { result + $0.reshaped([weight.size(0), 1, 1]) } ?? result
}

/// Embeddings of the patches that images are cut into: a convolution whose stride is its kernel, as one product.
///
/// - Parameters:
///   - images: `[batch, channels, height, width]`.
///   - weight: `[width, channels, patch, patch]`.
///   - bias: `[width]`.
/// - Returns: `[batch, patches, width]`, the patches row by row.
public func patchEmbedding(_ images: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor {
    precondition(
        weight.rank == 4 && images.rank == 4 && weight.size(1) == images.size(1),
        "Images \(images.shape) and kernels \(weight.shape) have the same channels")
    let window = images.window(weight.size(2), weight.size(3), stride: weight.size(2), padding: 0)
    let columns = weight.elementCount / weight.size(0)
    let patches = images.unfolded(window).reshaped([window.batch, window.outputHeight * window.outputWidth, columns])
    return linear(patches, weight: weight.reshaped([weight.size(0), columns]), bias: bias)
}

extension Tensor {
    /// A window that moves over these images.
    func window(_ kernelHeight: Int, _ kernelWidth: Int, stride: Int, padding: Int) -> Window {
        precondition(rank == 4, "Images are [batch, channels, height, width], not \(shape)")
        precondition(
            kernelHeight > 0 && kernelWidth > 0 && stride > 0 && padding >= 0, "A window has a size and a stride")
        precondition(
            size(2) + 2 * padding >= kernelHeight && size(3) + 2 * padding >= kernelWidth,
            "A window of \(kernelHeight) × \(kernelWidth) does not fit into \(shape) with a padding of \(padding)")
        return Window(
            batch: size(0), channels: size(1), height: size(2), width: size(3), kernelHeight: kernelHeight,
            kernelWidth: kernelWidth, stride: stride, padding: padding)
    }

    /// Each place of a window as a row.
    func unfolded(_ window: Window) -> Tensor {
        let rows: Shape = [
            window.batch * window.outputHeight * window.outputWidth,
            window.channels * window.kernelHeight * window.kernelWidth,
        ]
        let result = Tensor(uninitialized: rows, like: self)
        arithmetic.unfold(self, window, into: result)
        return result.recorded(from: [self]) { [shape] flow in
            let images = flow.gradientToAddTo(0, shape: shape, like: flow.gradient)
            images.arithmetic.fold(flow.gradient, window, into: images)
            flow.add(images, to: 0)
        }
    }
}
