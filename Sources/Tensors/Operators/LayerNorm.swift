/// Normalises rows to mean 0 and variance 1: `(x − mean) / √(variance + epsilon) · weight + bias`.
///
/// Rows go over the last dimension. J. L. Ba, J. R. Kiros, G. E. Hinton: *Layer normalization*, 2016.
///
/// - Parameters:
///   - x: `[…, columns]`.
///   - weight: `[columns]`.
///   - bias: `[columns]`.
///   - epsilon: Added to the variance.
/// - Returns: `[…, columns]`.
public func layerNorm(_ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Double = 1e-5) -> Tensor {
    LayerNorming(x, weight, bias, epsilon, update: nil).normalized
}

/// Adds an update to a residual stream, and normalises the sum, in one pass.
///
/// - Parameters:
///   - x: `[…, columns]`.
///   - update: What is added to x, of its shape.
///   - updateBias: `[columns]`, added as well.
///   - weight: `[columns]`.
///   - bias: `[columns]`.
///   - epsilon: Added to the variance.
/// - Returns: The sum, and what `layerNorm` makes of it.
public func addAndLayerNorm(
    _ x: Tensor, update: Tensor, updateBias: Tensor? = nil, weight: Tensor, bias: Tensor, epsilon: Double = 1e-5
) -> (sum: Tensor, normalized: Tensor) {
    let norm = LayerNorming(x, weight, bias, epsilon, update: (update, updateBias))
    return (norm.x, norm.normalized)
}

/// Adds an update and a bias of `[columns]` to a residual stream, in one pass.
public func addResidual(_ x: Tensor, update: Tensor, updateBias: Tensor) -> Tensor {
    x + update.adding(bias: updateBias, activation: .identity)
}

/// One normalisation, computed and recorded.
private struct LayerNorming {
    /// What was normalised.
    let x: Tensor
    let normalized: Tensor

    init(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ epsilon: Double, update: (value: Tensor, bias: Tensor?)?) {
        let columns: Shape = [x.columnCount]
        precondition(
            weight.shape == columns && bias.shape == columns && update?.bias.map({ $0.shape == columns }) ?? true,
            "A normalisation of \(x.shape) has a weight and a bias for each column")
        precondition(update.map { $0.value.shape == x.shape } ?? true, "An update has the shape of what it is added to")
        let added = [x] + [update?.value, update?.bias].compactMap(\.self)
        let isRecorded = GradientTape.recording(added + [weight, bias]) != nil
        let result = Tensor(uninitialized: x.shape, like: x)
        let sum = update.map { _ in Tensor(uninitialized: x.shape, like: x) }
        let rows: Shape = [x.rowCount]
        let mean = isRecorded ? Tensor(uninitialized: rows, like: x) : nil
        let inverseDeviation = isRecorded ? Tensor(uninitialized: rows, like: x) : nil
        x.arithmetic.normalizeLayer(
            LayerNormArguments(
                x: x, update: update?.value, updateBias: update?.bias, sum: sum, weight: weight, bias: bias,
                epsilon: epsilon, result: result, mean: mean, inverseDeviation: inverseDeviation))
        let tracedSum = sum.map { Self.recordedSum($0, of: added) } ?? x
        self.x = tracedSum
        guard let mean, let inverseDeviation else {
            normalized = result
            return
        }
        let kept = Kept(
            x: tracedSum.detached, mean: mean, inverseDeviation: inverseDeviation, weight: weight.detached,
            bias: bias.detached)
        normalized = result.recorded(from: [tracedSum, weight, bias]) { flow in kept.addGradients(to: &flow) }
    }

    private static func recordedSum(_ sum: Tensor, of added: [Tensor]) -> Tensor {
        sum.recorded(from: added) { [shapes = added.map(\.shape)] flow in
            flow.add(flow.gradient, to: 0)
            flow.add(flow.gradient, to: 1)
            if shapes.count == 3, flow.wants(2) { flow.add(flow.gradient.summed(to: shapes[2]), to: 2) }
        }
    }

    /// What the gradient needs.
    private struct Kept {
        let x: Tensor
        let mean: Tensor
        let inverseDeviation: Tensor
        let weight: Tensor
        let bias: Tensor

        func addGradients(to flow: inout GradientFlow) {
            // The residual stream's gradient is there already; this one is added to it on the way.
            let partial = flow.wants(0) ? flow.takePartialGradient(of: 0) : nil
            var result = partial ?? (flow.wants(0) ? Tensor(uninitialized: x.shape, like: x) : nil)
            result?.makeWritable()
            let ofWeight = flow.wants(1) ? flow.gradientToAddTo(1, like: weight) : nil
            let ofBias = flow.wants(2) ? flow.gradientToAddTo(2, like: bias) : nil
            x.arithmetic.normalizeLayerGradient(
                LayerNormGradientArguments(
                    x: x, mean: mean, inverseDeviation: inverseDeviation, weight: weight, gradient: flow.gradient,
                    result: result, accumulates: partial != nil, weightGradient: ofWeight, biasGradient: ofBias))
            for (input, gradient) in [result, ofWeight, ofBias].enumerated() {
                if let gradient { flow.add(gradient, to: input) }
            }
        }
    }
}
