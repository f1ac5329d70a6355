import Configuration
import Tensors

/// Adds the scaled sum of the task vectors to the pretrained model: θ₀ + λ Σ (θₜ − θ₀).
///
/// Ilharco et al.: "Editing models with task arithmetic" (2023, arXiv 2212.04089).
struct TaskArithmetic: DataFreeFusionMethod {
    /// λ.
    let scalingFactor: ParameterSetting

    var methodName: String { "Task arithmetic" }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        let factors = scalingFactor.values(for: models.parameters.map(\.key), fallback: 0)
        return .model(models.fused(TaskArithmeticMerger(scalingFactors: factors)))
    }
}

/// θ₀ + λ Σ (θₜ − θ₀), element by element.
struct TaskArithmeticMerger: ParameterMerger {
    /// λ for each parameter.
    let scalingFactors: [Float]

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let sum = stretch.buffer(0)
        sum.update(repeating: 0)
        for model in stretch.models { FloatArithmetic.accumulateDifference(model, base, weight: 1, into: sum) }
        FloatArithmetic.add(
            UnsafeBufferPointer(sum), weight: scalingFactors[stretch.parameter], to: base, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerTaskArithmetic() {
        register(
            "fusion_bench.method.TaskArithmeticAlgorithm",
            "fusion_bench.method.task_arithmetic.TaskArithmeticAlgorithm",
            "fusion_bench.method.task_arithmetic.task_arithmetic.TaskArithmeticAlgorithm",
            parameters: Parameter<ParameterSetting>("scaling_factor"), Parameter("inplace", default: true)
        ) { factor, _ in TaskArithmetic(scalingFactor: factor) }
    }
}
