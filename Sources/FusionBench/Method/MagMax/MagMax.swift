import Configuration
import Tensors

/// Takes, element by element, the task vector's entry of the largest magnitude, of equal ones the last:
/// θ₀ + λ·(the entry).
///
/// Marczak et al.: "MagMax: Leveraging model merging for seamless continual learning" (2024, arXiv 2407.06322).
struct MagMax: DataFreeFusionMethod {
    /// λ.
    let scalingFactor: ParameterSetting

    var methodName: String { "MagMax" }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        let factors = scalingFactor.values(for: models.parameters.map(\.key), fallback: 0)
        return .model(models.fused(MagMaxMerger(scalingFactors: factors)))
    }
}

private struct MagMaxMerger: ParameterMerger {
    let scalingFactors: [Float]

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let (largest, delta) = (stretch.buffer(0), stretch.buffer(1))
        largest.update(repeating: 0)
        for model in stretch.models {
            FloatArithmetic.subtract(base, from: model, into: delta)
            FloatArithmetic.takeLargerMagnitude(UnsafeBufferPointer(delta), into: largest)
        }
        FloatArithmetic.add(
            UnsafeBufferPointer(largest), weight: scalingFactors[stretch.parameter], to: base, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerMagMax() {
        register(
            "fusion_bench.method.MagMaxAlgorithm", "fusion_bench.method.magmax.MagMaxAlgorithm",
            parameters: Parameter("scaling_factor", default: ParameterSetting(0.5)), Parameter("inplace", default: true)
        ) { factor, _ in MagMax(scalingFactor: factor) }
    }
}
