import Configuration
import Tensors

/// Keeps of the sum of all task vectors what matters to one task: θ₀ + maskₜ ⊙ Στ, a model for each task.
///
/// Wang et al.: "Localizing task information for improved model merging and compression" (2024, arXiv 2405.07813). An entry
/// matters if |τₜ| > λ·|Στ − τₜ|. As FusionBench has it, the left side is |θ₀ − τₜ|.
struct TALLMask: DataFreeFusionMethod {
    /// λ.
    let threshold: ParameterSetting
    /// Whether the left side is |τₜ|, as in the paper.
    let comparesTaskVectors: Bool

    var methodName: String { "TALL masks" }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let thresholds = threshold.values(for: models.parameters.map(\.key), fallback: 1)
        return .models(
            models.modelNames.enumerated().map { task, name in
                let merger = TALLMaskMerger(
                    task: task, thresholds: thresholds, comparesTaskVectors: comparesTaskVectors)
                return (name, models.fused(merger))
            })
    }
}

/// The model of one task.
private struct TALLMaskMerger: ParameterMerger {
    let task: Int
    /// λ of each parameter.
    let thresholds: [Float]
    let comparesTaskVectors: Bool

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let sum = stretch.buffer(0)
        sum.update(repeating: 0)
        for model in stretch.models { FloatArithmetic.accumulateDifference(model, base, weight: 1, into: sum) }
        let (own, limit) = (stretch.models[task], thresholds[stretch.parameter])
        for index in merged.indices {
            let vector = own[index] - base[index]
            let size = comparesTaskVectors ? abs(vector) : abs(base[index] - vector)
            merged[index] = size > limit * abs(sum[index] - vector) ? base[index] + sum[index] : base[index]
        }
    }
}

extension TargetRegistry {
    mutating func registerTALLMask() {
        register(
            "fusion_bench.method.TallMaskTaskArithmeticAlgorithm",
            "fusion_bench.method.tall_mask.TallMaskTaskArithmeticAlgorithm",
            "fusion_bench.method.tall_mask.task_arithmetic.TallMaskTaskArithmeticAlgorithm",
            parameters: Parameter<ParameterSetting>("tall_mask_lambda"), Parameter("debug", default: 0),
            Parameter("verbose", default: 0), Parameter("compare_task_vectors", default: false)
        ) { threshold, _, _, comparesTaskVectors in
            TALLMask(threshold: threshold, comparesTaskVectors: comparesTaskVectors)
        }
    }
}
