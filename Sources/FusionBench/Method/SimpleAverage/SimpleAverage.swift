import Configuration

/// The mean of the models: 1/T Σ θₜ.
struct SimpleAverage: DataFreeFusionMethod {
    var methodName: String { "Simple average" }
    var needsPretrained: Bool { false }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        .model(models.fused(merger(models)))
    }

    /// The mean of these models.
    func merger(_ models: AlignedModels) -> WeightedSumMerger {
        let count = models.models.count
        let parameterCount = models.parameters.count
        return WeightedSumMerger(
            weights: Array(repeating: Array(repeating: 1, count: count), count: parameterCount),
            scales: Array(repeating: 1 / Float(count), count: parameterCount))
    }
}

extension TargetRegistry {
    mutating func registerSimpleAverage() {
        register(
            "fusion_bench.method.SimpleAverageAlgorithm", "fusion_bench.method.simple_average.SimpleAverageAlgorithm",
            parameters: Parameter("show_pbar", default: false), Parameter("inplace", default: true)
        ) { _, _ in SimpleAverage() }
    }
}
