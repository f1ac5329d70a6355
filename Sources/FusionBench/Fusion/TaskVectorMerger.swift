import Tensors

/// θ₀ + λ·(what is made of the weighted, sparsified task vectors), element by element.
///
/// What is made of them is their sum; or, with elected signs, the sum of those values whose sign is that of the whole sum,
/// where 0 counts as plus.
struct TaskVectorMerger: ParameterMerger {
    /// For each parameter, the weight of each model.
    let weights: [[Float]]
    /// λ for each parameter.
    let scalingFactors: [Float]
    /// What is done to the task vectors before; nil for nothing.
    var sparsifier: (any Sparsifier)?
    /// Whether values take part only if they have the sign of the sum.
    var electsSigns = false
    /// Whether the sum of the values that take part is divided by the sum of their weights.
    var normalizes = false

    /// A sum of weights whose magnitude is below this divides nothing.
    private static let leastWeight: Float = 1e-8

    var granularity: Granularity { sparsifier?.granularity ?? .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let weights = weights[stretch.parameter]
        let sum = stretch.buffer(0)
        sum.update(repeating: 0)
        for (index, model) in stretch.models.enumerated() {
            let delta = stretch.buffer(electsSigns ? 3 + index : 1)
            FloatArithmetic.subtract(base, from: model, into: delta)
            sparsifier?.sparsify(delta, of: stretch, model: index)
            if weights[index] != 1 { FloatArithmetic.scale(delta, by: weights[index]) }
            FloatArithmetic.accumulate(UnsafeBufferPointer(delta), weight: 1, into: sum)
        }
        let result = electsSigns ? elected(stretch, sum, weights) : sum
        var factor = scalingFactors[stretch.parameter]
        if normalizes, !electsSigns {
            let total = weights.reduce(0, +)
            if abs(total) >= Self.leastWeight { factor /= total }
        }
        FloatArithmetic.add(UnsafeBufferPointer(result), weight: factor, to: base, into: merged)
    }

    /// The sum of the values whose sign is that of the whole sum.
    private func elected(
        _ stretch: Stretch, _ sum: UnsafeMutableBufferPointer<Float>, _ weights: [Float]
    ) -> UnsafeMutableBufferPointer<Float> {
        FloatArithmetic.electSigns(of: sum, majority: 1)
        let signs = UnsafeBufferPointer(sum)
        let (result, divisors) = (stretch.buffer(1), stretch.buffer(2))
        result.update(repeating: 0)
        divisors.update(repeating: 0)
        for index in stretch.models.indices {
            let delta = UnsafeBufferPointer(stretch.buffer(3 + index))
            FloatArithmetic.accumulateElected(delta, signs: signs, weight: 1, into: result)
            guard normalizes else { continue }
            FloatArithmetic.accumulateElectedWeight(delta, signs: signs, weight: weights[index], into: divisors)
        }
        if normalizes {
            for index in result.indices where divisors[index] != 0 { result[index] /= divisors[index] }
        }
        return result
    }
}
