/// A linear layer: `activation(x · weightᵀ + bias)`.
///
/// One product, and one pass over its result.
///
/// - Parameters:
///   - x: `[…, in]`.
///   - weight: `[out, in]`.
///   - bias: `[out]`.
///   - activation: Applied to each element of the result.
/// - Returns: `[…, out]`.
public func linear(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, activation: ElementwiseFunction = .identity
) -> Tensor {
    let product = x.matrixProduct(weight, transposesOther: true)
    if let bias { return product.adding(bias: bias, activation: activation) }
    return activation == .identity ? product : product.applying(activation)
}

extension Tensor {
    /// `activation(x + bias)` in one pass, with a bias of `[columns]` for all rows.
    ///
    /// Takes the place of what it is applied to, if nobody else holds that.
    consuming func adding(bias: Tensor, activation: ElementwiseFunction) -> Tensor {
        precondition(bias.shape == [columnCount], "A bias has an element for each column: \(bias.shape) for \(shape)")
        var x = self
        let isRecorded = GradientTape.recording([x, bias]) != nil
        let result = x.isOnlyReference() ? x.detached : Tensor(uninitialized: x.shape, like: x)
        let before = isRecorded && activation != .identity ? Tensor(uninitialized: x.shape, like: x) : nil
        x.arithmetic.addBias(bias, to: x, applying: activation, before: before, into: result)
        guard isRecorded else { return result }
        return result.recorded(from: [x, bias]) { [bias = bias.detached] flow in
            guard let before else {
                if flow.wants(1) { flow.add(flow.gradient.summed(to: bias.shape), to: 1) }
                return flow.add(flow.gradient, to: 0)
            }
            let gradient = Tensor(uninitialized: before.shape, like: before)
            let sums = flow.gradientToAddTo(1, like: bias)
            before.arithmetic.addBiasGradient(
                of: activation, at: before, flow.gradient, into: gradient, biasGradient: sums)
            flow.add(sums, to: 1)
            flow.add(gradient, to: 0)
        }
    }
}
