/// Functions of single elements.
extension Tensor {
    /// Each element's function value.
    public func applying(_ function: ElementwiseFunction) -> Tensor {
        let result = Tensor(uninitialized: shape, like: self)
        arithmetic.apply(function, to: self, into: result)
        let x = detached
        return result.recorded(from: [self]) { flow in
            let gradient = Tensor(uninitialized: x.shape, like: x)
            x.arithmetic.applyGradient(of: function, at: x, flow.gradient, into: gradient)
            flow.add(gradient, to: 0)
        }
    }

    /// Each element times a number.
    public func scaled(by factor: Double) -> Tensor {
        let result = Tensor(uninitialized: shape, like: self)
        arithmetic.scale(self, by: factor, into: result)
        return result.recorded(from: [self]) { flow in
            if flow.wants(0) { flow.add(flow.gradient.scaled(by: factor), to: 0) }
        }
    }

    /// Adds another tensor, times a weight, in place; nothing is recorded.
    ///
    /// Elements that other tensors share are copied before.
    public mutating func accumulate(_ other: Tensor, weight: Double = 1) {
        precondition(shape == other.shape && dtype == other.dtype, "What is accumulated has the same shape and type")
        makeWritable()
        node = nil
        arithmetic.accumulate(other, weight: weight, into: self)
    }

    /// The negative of each element.
    public static prefix func - (x: Tensor) -> Tensor { x.scaled(by: -1) }

    /// Each element times a number.
    public static func * (x: Tensor, factor: Double) -> Tensor { x.scaled(by: factor) }

    /// Each element times a number.
    public static func * (factor: Double, x: Tensor) -> Tensor { x.scaled(by: factor) }

    /// Each element by a number.
    public static func / (x: Tensor, divisor: Double) -> Tensor { x.scaled(by: 1 / divisor) }

    /// Each element plus a number.
    public static func + (x: Tensor, summand: Double) -> Tensor { x + Tensor(filledWith: summand, shape: [], like: x) }

    /// Each element minus a number.
    public static func - (x: Tensor, number: Double) -> Tensor { x + -number }
}
