import Configuration

/// Adds task vectors one after another: θ₀ + λ·Σ τₖ.
///
/// Tang et al.: "Merging models on the fly without retraining: a sequential approach to scalable continual model merging"
/// (2025, arXiv 2501.09522) compares OPCM with it.
struct ContinualTaskArithmetic: DataFreeFusionMethod {
    /// λ.
    let scalingFactor: ParameterSetting
    let settings: ContinualSettings

    var methodName: String { "Continual task arithmetic" }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let order = settings.order(of: models, in: context)
        let factors = scalingFactor.values(for: models.parameters.map(\.key), fallback: 0)
        return settings.result(models, order) { step in
            let arrived = models.models.indices.map { order[...step].contains($0) ? Float(1) : 0 }
            return models.fused(
                TaskVectorMerger(
                    weights: Array(repeating: arrived, count: models.parameters.count), scalingFactors: factors))
        }
    }
}

/// The mean of the models that have come so far.
///
/// Tang et al. (2025, arXiv 2501.09522) compare OPCM with it.
struct ContinualWeightAverage: DataFreeFusionMethod {
    let settings: ContinualSettings

    var methodName: String { "Continual weight average" }
    var needsPretrained: Bool { false }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let order = settings.order(of: models, in: context)
        return settings.result(models, order) { step in
            let share = 1 / Float(step + 1)
            let weights = models.models.indices.map { order[...step].contains($0) ? share : 0 }
            return models.weightedSum(Array(repeating: weights, count: models.parameters.count))
        }
    }
}

extension ContinualSettings {
    /// The parameters that all continual methods have.
    static var parameters: (Parameter<Bool>, Parameter<Int?>, Parameter<Bool>, Parameter<Bool>) {
        (
            Parameter("shuffle_order", default: true), Parameter("seed", default: Int?.none),
            Parameter("save_on_every_step", default: true), Parameter("evaluate_on_every_step", default: false)
        )
    }

    init(_ shufflesOrder: Bool, _ seed: Int?, _ saves: Bool, _ evaluates: Bool) {
        self.init(
            shufflesOrder: shufflesOrder, seed: seed,
            record: FusionStepRecord(savesEveryStep: saves, evaluatesEveryStep: evaluates))
    }
}

extension TargetRegistry {
    mutating func registerContinualAverages() {
        let (shuffle, seed, save, evaluate) = ContinualSettings.parameters
        register(
            "fusion_bench.method.opcm.task_arithmetic.ContinualTaskArithmeticForCLIP",
            "fusion_bench.method.opcm.ContinualTaskArithmeticForCLIP",
            parameters: Parameter<ParameterSetting>("scaling_factor"), shuffle, seed, save, evaluate
        ) { ContinualTaskArithmetic(scalingFactor: $0, settings: ContinualSettings($1, $2, $3, $4)) }
        register(
            "fusion_bench.method.opcm.weight_average.ContinualWeightAverageForCLIP",
            "fusion_bench.method.opcm.ContinualWeightAverageForCLIP", parameters: shuffle, seed, save, evaluate
        ) { ContinualWeightAverage(settings: ContinualSettings($0, $1, $2, $3)) }
    }
}
