import Configuration
import Fabric
import Tensors

/// Selects the entries in which task vectors differ most, calculates each model's weight from what is left, and erases values
/// that have the minority's sign; tensor by tensor.
///
/// Wan et al.: "FuseChat: Knowledge fusion of chat models" (2024, arXiv 2408.07990); details and bounds as in mergekit 0.1.5.
/// Of equal variances, the earlier entry counts as the smaller.
struct SCE: DataFreeFusionMethod {
    /// The share of entries, of those that vary between the models, that is kept.
    let share: ParameterSetting

    /// Mean squares whose sum is below this give all models the same weight.
    private static let leastSquares = 1e-6

    var methodName: String { "SCE" }

    func problems(with models: AlignedModels) -> [String] {
        share.problems("select_topk", of: methodName, in: 0...1)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let selection = VarianceSelection(limits: try limits(models, in: context))
        let count = models.models.count
        let squares = try models.pass(.elements, in: context).sums("weights", count: count) { stretch in
            selection.taskVectors(stretch).map { FloatArithmetic.dotProduct($0, $0) }
        }
        let weights = zip(models.parameters, squares).map { parameter, squares in
            let means = squares.map { $0 / Double(max(1, parameter.input.shape.elementCount)) }
            let total = means.reduce(0, +)
            return means.map { total < Self.leastSquares ? 1 / Float(count) : Float($0 / total) }
        }
        return .model(models.fused(SCEMerger(selection: selection, weights: weights)))
    }

    /// For each parameter, the least variance that is kept; nil where everything is.
    private func limits(_ models: AlignedModels, in context: FusionContext) throws -> [MagnitudePlace?] {
        let shares = share.numbers(for: models.parameters.map(\.key), fallback: 1)
        let pass = models.pass(.elements, in: context)
        let units = shares.indices.filter { shares[$0] < 1 }
        let progress = context.fabric.progress(total: units.count, description: "variances", unit: "tensor")
        let places = try context.fabric.collect("variances", units: units) { unit in
            Double(models.parameters[unit].input.shape.elementCount)
        } work: { unit -> [Int64] in
            defer { progress.advance() }
            let count = models.parameters[unit].input.shape.elementCount
            let variances = MagnitudePlaces(pass: pass, parameter: unit) { stretch in
                VarianceSelection.variances(VarianceSelection.differences(stretch), stretch)
            }
            let place = try variances.places { zeros in [count - Int(Double(count - zeros) * shares[unit])] }[0]
            return [Int64(place.bits), Int64(place.index)]
        }
        try progress.finish()
        var limits = [MagnitudePlace?](repeating: nil, count: shares.count)
        for (unit, numbers) in zip(units, places) {
            limits[unit] = MagnitudePlace(bits: UInt32(numbers[0]), index: Int(numbers[1]))
        }
        return limits
    }
}

/// Keeps the entries of all task vectors in which these vary most.
private struct VarianceSelection {
    /// For each parameter, the least variance that is kept; nil where everything is.
    let limits: [MagnitudePlace?]

    /// The task vectors of a stretch, of which only selected entries are not 0.
    func taskVectors(_ stretch: Stretch) -> [UnsafeBufferPointer<Float>] {
        let vectors = Self.differences(stretch)
        if let limit = limits[stretch.parameter] {
            let variances = Self.variances(vectors, stretch)
            for vector in vectors {
                MagnitudePlace.keep(
                    limit..<MagnitudePlace.end, by: variances, of: vector, from: stretch.range.lowerBound)
            }
        }
        return vectors.map { UnsafeBufferPointer($0) }
    }

    /// θₜ − θ₀ for each model.
    static func differences(_ stretch: Stretch) -> [UnsafeMutableBufferPointer<Float>] {
        guard let base = stretch.pretrained else { return [] }
        return stretch.models.enumerated().map { index, model in
            let delta = stretch.buffer(3 + index)
            FloatArithmetic.subtract(base, from: model, into: delta)
            return delta
        }
    }

    /// The variance of each entry over the models.
    static func variances(
        _ vectors: [UnsafeMutableBufferPointer<Float>], _ stretch: Stretch
    ) -> UnsafeBufferPointer<Float> {
        let variances = stretch.buffer(0)
        let count = Double(vectors.count)
        for index in variances.indices {
            // In binary64, equal values have a variance of exactly 0.
            let mean = vectors.reduce(0) { $0 + Double($1[index]) } / count
            let squares = vectors.reduce(0) { sum, vector in
                let difference = Double(vector[index]) - mean
                return sum + difference * difference
            }
            variances[index] = Float(squares / count)
        }
        return UnsafeBufferPointer(variances)
    }
}

private struct SCEMerger: ParameterMerger {
    let selection: VarianceSelection
    /// For each parameter, the weight of each model.
    let weights: [[Float]]

    /// Sums of weights below this count as this.
    private static let leastWeight: Float = 1e-6

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let vectors = selection.taskVectors(stretch)
        let (signs, sum, divisors) = (stretch.buffer(0), stretch.buffer(1), stretch.buffer(2))
        for buffer in [signs, sum, divisors] { buffer.update(repeating: 0) }
        for vector in vectors { FloatArithmetic.accumulate(vector, weight: 1, into: signs) }
        FloatArithmetic.electSigns(of: signs, majority: 1)
        for (vector, weight) in zip(vectors, weights[stretch.parameter]) {
            let elected = UnsafeBufferPointer(signs)
            FloatArithmetic.accumulateElected(vector, signs: elected, weight: weight, into: sum)
            FloatArithmetic.accumulateElectedWeight(vector, signs: elected, weight: weight, into: divisors)
        }
        FloatArithmetic.divide(sum, by: UnsafeBufferPointer(divisors), least: Self.leastWeight)
        FloatArithmetic.add(UnsafeBufferPointer(sum), weight: 1, to: base, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerSCE() {
        register(
            "fusion_bench.method.SCEAlgorithm", "fusion_bench.method.sce.SCEAlgorithm",
            parameters: Parameter("int8_mask", default: false), Parameter("select_topk", default: ParameterSetting(1))
        ) { _, share in SCE(share: share) }
    }
}
