/// Softmax over the last dimension.
extension Tensor {
    /// eˣ / Σ eˣ in each row; rows go over the last dimension.
    public func softmax() -> Tensor {
        let result = Tensor(uninitialized: shape, like: self)
        arithmetic.softmax(self, into: result)
        return result.recorded(from: [self]) { flow in
            let gradient = Tensor(uninitialized: result.shape, like: result)
            result.arithmetic.softmaxGradient(result, flow.gradient, into: gradient)
            flow.add(gradient, to: 0)
        }
    }

    /// x − ln Σ eˣ in each row; rows go over the last dimension.
    public func logSoftmax() -> Tensor {
        let result = Tensor(uninitialized: shape, like: self)
        arithmetic.logSoftmax(self, into: result)
        return result.recorded(from: [self]) { flow in
            let gradient = Tensor(uninitialized: result.shape, like: result)
            result.arithmetic.logSoftmaxGradient(result, flow.gradient, into: gradient)
            flow.add(gradient, to: 0)
        }
    }
}
