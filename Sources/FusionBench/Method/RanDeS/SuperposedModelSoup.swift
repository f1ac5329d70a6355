import Checkpoints
import Configuration
import Tensors

/// Keeps all models in one sum, and takes one back for each task: (Σₛ θₛ·Mₛ)·Mₜ⁻¹, divided by the number of models if wanted.
///
/// Zhou et al.: "RanDeS: randomized delta superposition for multi-model compression" (2025, arXiv 2505.11204) compares it with
/// the superposition of task vectors.
struct SuperposedModelSoup: DataFreeFusionMethod {
    let superposition: Superposition
    /// What stands in place of layers that are not superposed.
    let absorber: Absorber
    let mode: SoupMode
    /// Whether what absorbs is divided as well; the reference does so.
    let dividesAbsorber: Bool

    var methodName: String { "Superposed model soup" }
    var needsPretrained: Bool { absorber == .pretrained }

    func problems(with models: AlignedModels) -> [String] {
        superposition.problems(
            of: methodName, models.parameters.map { ($0.key, $0.input.shape) }, models: models.modelNames)
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        superposition.wholeTensorByteCount(parameter.input)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let sums = try superposition.sums(models, ofTaskVectors: false, in: context)
        let targets = superposition.layers(Superposition.names(models), models: models.modelNames).targets
        let share = mode == .average ? 1 / Float(models.models.count) : 1
        let factors = models.parameters.map { parameter -> Float in
            guard !targets.contains(parameter.key), absorber != .none else { return share }
            return (dividesAbsorber ? share : 1) * (absorber == .average ? 1 / Float(models.models.count) : 1)
        }
        return .models(
            superposition.retrieved(sums, models, factors: factors) { parameter, sum in
                var (tensor, name) = (sum, Superposition.sumName)
                if absorber == .pretrained, !targets.contains(parameter.key), let base = parameter.input.pretrained {
                    (tensor, name) = (base, ModelPool.pretrainedName)
                }
                return MergeInput(
                    number: parameter.input.number, key: parameter.key, shape: parameter.input.shape, pretrained: nil,
                    models: [tensor], modelNames: [name])
            })
    }
}

extension TargetRegistry {
    mutating func registerSuperposedModelSoup() {
        let base = SuperpositionParameters()
        register(
            "fusion_bench.method.randes.SuperposedModelSoupAlgorithm",
            "fusion_bench.method.SuperposedModelSoupAlgorithm",
            "fusion_bench.method.randes.modelsoup.SuperposedModelSoupAlgorithm",
            parameters: base.mode, base.kinds, base.seed, base.differsAcrossLayers, base.shift, base.interval,
            base.jointMatrixMode, base.rank, base.randomComponents, base.debug, base.verbose, base.absorber,
            base.soupMode, Parameter("divide_absorber", default: true)
        ) { mode, kinds, seed, differs, shift, interval, _, _, _, _, _, absorber, soupMode, divides in
            SuperposedModelSoup(
                superposition: Superposition(mode, kinds, seed, differs, shift, interval), absorber: absorber.value,
                mode: soupMode.value, dividesAbsorber: divides)
        }
    }
}
