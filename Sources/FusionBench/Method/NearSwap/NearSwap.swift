import Configuration
import Tensors

/// Takes values of a second model over where they differ from the pretrained model's by at most t, and moves the others by t
/// towards them: w·θ₁ + (1 − w)·θ₀ with w = t/|θ₁ − θ₀|, between 0 and 1.
///
/// As in mergekit 0.1.5, after the model QuartetAnemoi-70B-t0.0001.
struct NearSwap: DataFreeFusionMethod {
    /// t.
    let reach: ParameterSetting

    var methodName: String { "NearSwap" }
    var modelCounts: ClosedRange<Int> { 1...1 }

    func problems(with models: AlignedModels) -> [String] {
        reach.problems("t", of: methodName, in: 0...Double.infinity)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        .model(models.fused(NearSwapMerger(reaches: reach.values(for: models.parameters.map(\.key), fallback: 1e-4))))
    }
}

private struct NearSwapMerger: ParameterMerger {
    /// t for each parameter.
    let reaches: [Float]

    /// Differences below this count as this.
    private static let leastDifference: Float = 1e-6

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let (model, reach) = (stretch.models[0], reaches[stretch.parameter])
        for index in merged.indices {
            let weight = min(1, reach / max(abs(base[index] - model[index]), Self.leastDifference))
            merged[index] = weight * model[index] + (1 - weight) * base[index]
        }
    }
}

extension TargetRegistry {
    mutating func registerNearSwap() {
        register(
            "fusion_bench.method.NearSwapAlgorithm", "fusion_bench.method.nearswap.NearSwapAlgorithm",
            parameters: Parameter("t", default: ParameterSetting(1e-4))
        ) { NearSwap(reach: $0) }
    }
}
