import Configuration
import Tensors

/// Goes on from the pretrained model through the fine-tuned one: θ₁ + α·(θ₁ − θ₀), where θ₁ is the mean of the models.
///
/// Zheng et al.: "Weak-to-strong extrapolation expedites alignment" (2024, arXiv 2404.16792).
struct ExPO: DataFreeFusionMethod {
    /// α.
    let extrapolationFactor: ParameterSetting
    /// α where no rule of the setting fits.
    static let usualFactor = 0.1

    var methodName: String { "ExPO" }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        let keys = models.parameters.map(\.key)
        return .model(
            models.fused(
                ExPOMerger(
                    center: SimpleAverage().merger(models),
                    factors: extrapolationFactor.values(for: keys, fallback: Self.usualFactor),
                    prunings: Array(repeating: nil, count: keys.count))))
    }
}

/// θ₁ + α·(θ₁ − θ₀), after the smallest entries of each row of θ₁ − θ₀ have been dropped where that is wanted.
struct ExPOMerger: ParameterMerger {
    /// What makes θ₁ of the models.
    let center: any ParameterMerger
    /// α for each parameter; where it is 0, the result is θ₁.
    let factors: [Float]
    /// What is dropped of each parameter's rows; nil for nothing.
    let prunings: [RowPruning?]

    var granularity: Granularity {
        if case .tensors = center.granularity { return .tensors }
        return prunings.contains { $0 != nil } ? .rows : center.granularity
    }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws {
        try center.merge(stretch, into: merged)
        let factor = factors[stretch.parameter]
        guard factor != 0, let base = stretch.pretrained else { return }
        // What the center has computed in between is no longer needed.
        let delta = stretch.buffer(0)
        FloatArithmetic.subtract(base, from: UnsafeBufferPointer(merged), into: delta)
        prunings[stretch.parameter]?.pruneSmallest(delta, of: stretch)
        FloatArithmetic.accumulate(UnsafeBufferPointer(delta), weight: factor, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerExPO() {
        register(
            "fusion_bench.method.ExPOAlgorithm", "fusion_bench.method.linear.ExPOAlgorithm",
            "fusion_bench.method.linear.expo.ExPOAlgorithm",
            parameters: Parameter<ParameterSetting>("extrapolation_factor")
        ) { ExPO(extrapolationFactor: $0) }
    }
}
