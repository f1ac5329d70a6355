import Configuration

/// The weighted mean of the models: Σ wₜ·θₜ, divided by Σ wₜ if the weights are normalised.
struct WeightedAverage: DataFreeFusionMethod {
    /// wₜ, in the order of the pool.
    let weights: [ParameterSetting]
    /// Whether the weights of a parameter are divided by their sum.
    let normalizes: Bool

    var methodName: String { "Weighted average" }
    var needsPretrained: Bool { false }

    func problems(with models: AlignedModels) -> [String] {
        guard weights.count != models.models.count else { return [] }
        let error = FusionError.entryCount(
            method: methodName, key: "weights", expected: models.models.count, found: weights.count)
        return ["\(error)"]
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        .model(models.fused(merger(models.parameters.map(\.key))))
    }

    func merger(_ keys: [String]) -> WeightedSumMerger {
        let columns = weights.map { $0.values(for: keys, fallback: 0) }
        let rows = keys.indices.map { key in
            let row = columns.map { Double($0[key]) }
            let sum = normalizes ? row.reduce(0, +) : 1
            return row.map { Float($0 / sum) }
        }
        return WeightedSumMerger(weights: rows, scales: Array(repeating: 1, count: keys.count))
    }
}

extension TargetRegistry {
    mutating func registerWeightedAverage() {
        register(
            "fusion_bench.method.WeightedAverageAlgorithm",
            "fusion_bench.method.weighted_average.weighted_average.WeightedAverageAlgorithm",
            parameters: Parameter<Bool>("normalize"), Parameter<[ParameterSetting]>("weights"),
            Parameter("verbose", default: true), Parameter("inplace", default: true)
        ) { normalize, weights, _, _ in WeightedAverage(weights: weights, normalizes: normalize) }
    }
}
