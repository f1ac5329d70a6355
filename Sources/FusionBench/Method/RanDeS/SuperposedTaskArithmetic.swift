import Checkpoints
import Configuration

/// Keeps the task vectors of all models in one sum, and takes a model back for each task: θ₀ + λ·(Σₛ τₛ·Mₛ)·Mₜ⁻¹.
///
/// Zhou et al.: "RanDeS: randomized delta superposition for multi-model compression" (2025, arXiv 2505.11204).
struct SuperposedTaskArithmetic: DataFreeFusionMethod {
    let superposition: Superposition
    /// λ.
    let scalingFactor: ParameterSetting
    let modelSavePath: String?

    var methodName: String { "Superposed task arithmetic" }

    func problems(with models: AlignedModels) -> [String] {
        superposition.problems(
            of: methodName, models.parameters.map { ($0.key, $0.input.shape) }, models: models.modelNames)
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        superposition.wholeTensorByteCount(parameter.input)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let sums = try superposition.sums(models, ofTaskVectors: true, in: context)
        let factors = scalingFactor.values(for: models.parameters.map(\.key), fallback: 0)
        return .models(
            superposition.retrieved(sums, models, factors: factors) { parameter, sum in
                MergeInput(
                    number: parameter.input.number, key: parameter.key, shape: parameter.input.shape,
                    pretrained: parameter.input.pretrained, models: [sum], modelNames: [Superposition.sumName])
            })
    }
}

extension Superposition {
    /// What messages call the sum of all models.
    static let sumName = "superposition"

    /// The models that come back.
    ///
    /// - Parameters:
    ///   - sums: The superposition, by the names of parameters in the state dict.
    ///   - models: The models that were superposed.
    ///   - factors: What each parameter is multiplied by.
    ///   - input: What a parameter is computed from, with the sum at its place.
    /// - Returns: One model for each.
    func retrieved(
        _ sums: [String: LazyTensor], _ models: AlignedModels, factors: [Float],
        input: (AlignedParameter, LazyTensor) -> MergeInput
    ) -> [(name: String, model: FusedModel)] {
        let layers = layers(Self.names(models), models: models.modelNames)
        let names = Dictionary(models.parameters.map { ($0.key, $0.name) }) { first, _ in first }
        return models.modelNames.enumerated().map { task, name in
            let places = models.parameters.map { layers.place(of: $0.key, model: task) }
            let merger = RetrievalMerger(
                matrices: matrices(models.modelNames), model: task,
                places: places.map { layers.targets.contains($0) ? $0 : nil }, factors: factors)
            let model = models.fused(merger) { parameter in
                guard let stored = names[places[parameter.input.number]], let sum = sums[stored] else {
                    return .merge(parameter.input)
                }
                return .merge(input(parameter, sum))
            }
            return (name, model)
        }
    }
}

extension TargetRegistry {
    mutating func registerSuperposedTaskArithmetic() {
        let base = SuperpositionParameters()
        register(
            "fusion_bench.method.randes.SuperposedTaskArithmeticAlgorithm",
            "fusion_bench.method.SuperposedTaskArithmeticAlgorithm",
            "fusion_bench.method.randes.task_arithmetic.SuperposedTaskArithmeticAlgorithm",
            parameters: base.mode, base.kinds, base.seed, base.differsAcrossLayers, base.shift, base.interval,
            base.jointMatrixMode, base.rank, base.randomComponents, base.debug, base.verbose, base.absorber,
            base.soupMode, Parameter<ParameterSetting>("scaling_factor"), Parameter("model_path", default: String?.none)
        ) { mode, kinds, seed, differs, shift, interval, _, _, _, _, _, _, _, factor, path in
            SuperposedTaskArithmetic(
                superposition: Superposition(mode, kinds, seed, differs, shift, interval), scalingFactor: factor,
                modelSavePath: path)
        }
    }
}
