import Configuration

/// A point on the line between two models: (1 − t)·θ₁ + t·θ₂.
///
/// The pretrained model counts as one of the two if it is in the pool.
struct LinearInterpolation: DataFreeFusionMethod {
    /// t, from 0 for the first model to 1 for the second.
    let position: ParameterSetting

    var methodName: String { "Linear interpolation" }
    var needsPretrained: Bool { false }
    var takesSpecialModels: Bool { true }
    var modelCounts: ClosedRange<Int> { 2...2 }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        let positions = position.numbers(for: models.parameters.map(\.key), fallback: 0.5)
        return .model(
            models.fused(
                WeightedSumMerger(
                    weights: positions.map { [Float(1 - $0), Float($0)] },
                    scales: Array(repeating: 1, count: positions.count))))
    }
}

extension TargetRegistry {
    mutating func registerLinearInterpolation() {
        register(
            "fusion_bench.method.LinearInterpolationAlgorithm",
            "fusion_bench.method.linear.LinearInterpolationAlgorithm",
            "fusion_bench.method.linear.linear_interpolation.LinearInterpolationAlgorithm",
            parameters: Parameter<ParameterSetting>("t")
        ) { LinearInterpolation(position: $0) }
    }
}
