import Checkpoints
import Configuration
import Tensors

/// Keeps the factors of LoRA adapters in one sum each, and takes a model back for each task: θ₀ + λ·B̂ₜ·Âₜ with
/// Âₜ = (Σₛ Aₛ·Mₛ)·Mₜ⁻¹ and B̂ₜ alike.
///
/// Zhou et al.: "RanDeS: randomized delta superposition for multi-model compression" (2025, arXiv 2505.11204).
struct SuperposedAdapters: DataFreeFusionMethod {
    let superposition: Superposition
    /// λ.
    let scalingFactor: ParameterSetting
    /// Whether products are multiplied by the adapters' own α/r; the reference leaves it out.
    let scalesAdapters: Bool
    let modelSavePath: String?

    var methodName: String { "Superposed task arithmetic of adapters" }

    func problems(with models: AlignedModels) -> [String] {
        var problems: [String] = []
        let modules = models.parameters.compactMap { parameter -> AdaptedModule? in
            let deltas = Self.deltas(parameter)
            guard deltas.contains(where: { $0 != nil }) else { return nil }
            for (delta, name) in zip(deltas, models.modelNames) where delta == nil {
                problems.append("\(methodName): the model '\(name)' has no adapter at '\(parameter.key)'")
            }
            let ranks = deltas.compactMap { $0?.rank }
            if Set(ranks).count > 1 {
                let list = ranks.map(String.init).joined(separator: ", ")
                problems.append(
                    "\(methodName) needs adapters of one rank; those of '\(parameter.key)' have \(list)")
            }
            return AdaptedModule(parameter, deltas.compactMap(\.self))
        }
        if modules.isEmpty, !models.parameters.isEmpty {
            problems.append("\(methodName) needs LoRA adapters of '\(ModelPool.pretrainedName)'; the models have none")
        }
        guard problems.isEmpty else { return Array(problems.prefix(5)) }
        return superposition.problems(of: methodName, modules.flatMap(\.layers), models: models.modelNames)
    }

    /// The adapter of each model at a parameter; nil for one that has none.
    private static func deltas(_ parameter: AlignedParameter) -> [LowRankDelta?] {
        parameter.input.models.map { model in parameter.input.pretrained.flatMap(model.lowRankDelta) }
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        let shape = parameter.input.shape
        guard shape.rank == 2, Self.deltas(parameter).contains(where: { $0 != nil }) else { return 0 }
        return WholeTensorMemory.values(shape, inputs: 2)
            + WholeTensorMemory.matrices(2, shape.dimensions[0], shape.dimensions[1])
            + superposition.matrixByteCount(columns: shape.dimensions[1])
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let modules = models.parameters.compactMap { parameter -> AdaptedModule? in
            let deltas = Self.deltas(parameter).compactMap(\.self)
            return deltas.count == models.models.count ? AdaptedModule(parameter, deltas) : nil
        }
        let names = modules.flatMap { $0.layers.map(\.name) }
        let adapters = AdapterSuperposition(
            matrices: superposition.matrices(models.modelNames),
            layers: superposition.layers(names, models: models.modelNames),
            factors: Dictionary(modules.flatMap(\.factors)) { first, _ in first }, scales: scalesAdapters)
        let known = Dictionary(modules.map { ($0.key, $0) }) { first, _ in first }
        let merger = TaskArithmeticOfProducts(
            factors: scalingFactor.values(for: models.parameters.map(\.key), fallback: 0))
        return .models(
            models.modelNames.enumerated().map { task, name in
                let model = models.fused(merger) { parameter in
                    let input = parameter.input
                    guard let base = input.pretrained else { return .merge(input) }
                    guard let module = known[parameter.key] else {
                        return .copy(base, model: ModelPool.pretrainedName)
                    }
                    let delta = LazyTensor(
                        dtype: .float32, shape: input.shape,
                        source: RetrievedAdapter(adapters: adapters, module: module, task: task))
                    return .merge(
                        MergeInput(
                            number: input.number, key: parameter.key, shape: input.shape, pretrained: base,
                            models: [delta], modelNames: [Superposition.sumName]))
                }
                return (name, model)
            })
    }
}

/// θ₀ + λ·(the only tensor).
private struct TaskArithmeticOfProducts: ParameterMerger {
    /// λ of each parameter.
    let factors: [Float]

    var granularity: Granularity { .tensors }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained, let delta = stretch.models.first else { return }
        FloatArithmetic.add(delta, weight: factors[stretch.parameter], to: base, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerSuperposedAdapters() {
        let base = SuperpositionParameters()
        register(
            "fusion_bench.method.randes.SuperposedTaskArithmeticLoRAAlgorithm",
            "fusion_bench.method.SuperposedTaskArithmeticLoRAAlgorithm",
            "fusion_bench.method.randes.task_arithmetic.SuperposedTaskArithmeticLoRAAlgorithm",
            parameters: base.mode, base.kinds, base.seed, base.differsAcrossLayers, base.shift, base.interval,
            base.jointMatrixMode, base.rank, base.randomComponents, base.debug, base.verbose, base.absorber,
            base.soupMode, Parameter<ParameterSetting>("scaling_factor"),
            Parameter("model_path", default: String?.none), Parameter("scale_adapters", default: false)
        ) { mode, kinds, seed, differs, shift, interval, _, _, _, _, _, _, _, factor, path, scales in
            SuperposedAdapters(
                superposition: Superposition(mode, kinds, seed, differs, shift, interval), scalingFactor: factor,
                scalesAdapters: scales, modelSavePath: path)
        }
    }
}
