import Checkpoints
import Configuration
import Tensors

/// Merges models one after another, each of which stays as it is in the main directions of its task vector.
///
/// Of each weight of a linear layer, the mean of the merged and the next one is moved by an optimisation; everything else is
/// averaged.
/// "Continual model merging without data: dual projections for balancing stability and plasticity" (NeurIPS 2025). As in
/// FusionBench, parameters that belong to no module of their own, such as CLIP's class embedding, become the pretrained
/// model's.
struct DOP: DataFreeFusionMethod {
    let descent: DualProjectionDescent
    /// Names of modules whose weights are averaged only.
    let excludedModules: Set<String>
    let settings: ContinualSettings

    var methodName: String { "DOP" }

    func problems(with models: AlignedModels) -> [String] {
        ParameterSetting(descent.alpha).problems("alpha", of: methodName, in: 0...1)
            + ParameterSetting(descent.energy).problems("svd_epsilon", of: methodName, in: 0...1)
            + ParameterSetting(Double(descent.stepCount)).problems("num_steps", of: methodName, in: 0...Double.infinity)
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        let (shape, isLinear) = (parameter.input.shape, kind(parameter) == .optimized)
        let workspace =
            isLinear
            ? descent.workspaceByteCount(rows: shape.dimensions[0], columns: shape.dimensions[1], models: 2) : 0
        return WholeTensorMemory.values(shape, inputs: 3) + workspace
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let order = settings.order(of: models, in: context)
        let merger = DOPMerger(
            kinds: models.parameters.map(kind), descent: descent)
        let states = try settings.states(from: models.copied(order[0], merger), models, order, in: context) { _ in
            merger
        }
        return settings.result(models, order) { states[$0] }
    }

    private func kind(_ parameter: AlignedParameter) -> DOPMerger.Kind {
        let parts = parameter.key.split(separator: ".")
        guard let last = parts.last, last == "weight" || last == "bias" else { return .pretrained }
        let isLinear = LinearWeights.contains(parameter.key, parameter.input.shape)
        return isLinear && !excludedModules.contains(parts.dropLast().joined(separator: ".")) ? .optimized : .mean
    }
}

/// One step: the merged model and the next one.
private struct DOPMerger: ParameterMerger {
    /// What becomes of a parameter.
    enum Kind {
        case optimized
        case mean
        case pretrained
    }

    let kinds: [Kind]
    let descent: DualProjectionDescent

    var granularity: Granularity { .tensors }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws {
        guard let base = stretch.pretrained else { return }
        switch kinds[stretch.parameter] {
        case .pretrained: FloatArithmetic.scale(base, by: 1, into: merged)
        case .mean: FloatArithmetic.weightedSum(stretch.models, weights: [0.5, 0.5], into: merged)
        case .optimized:
            guard let vectors = TaskMatrices(stretch) else { return }
            let delta = stretch.buffer(0)
            try descent.merge(vectors).write(to: delta)
            FloatArithmetic.add(UnsafeBufferPointer(delta), weight: 1, to: base, into: merged)
        }
    }

    func operationCount(of input: MergeInput) -> Double {
        guard kinds[input.number] == .optimized else { return 0 }
        return descent.operationCount(
            rows: input.shape.dimensions[0], columns: input.shape.dimensions[1], models: 2)
    }
}

extension TargetRegistry {
    mutating func registerDOP() {
        register(
            "fusion_bench.method.dop.dop.ContinualDOPForCLIP", "fusion_bench.method.ContinualDOPForCLIP",
            "fusion_bench.method.dop.ContinualDOPForCLIP", "fusion_bench.method.dop.dop_general.DOPMerging",
            parameters: Parameter("seed", default: Int?.none), Parameter("shuffle_order", default: false),
            Parameter("save_on_every_step", default: true), Parameter("evaluate_on_every_step", default: false),
            Parameter("lr", default: 1e-4), Parameter("num_steps", default: 200), Parameter("mgda", default: true),
            Parameter("ema", default: true), Parameter("ema_beta", default: 0.99), Parameter<Double>("alpha"),
            Parameter("svd_epsilon", default: 1.0),
            Parameter("svd_proj_space", default: Choice(DualProjectionDescent.Space.uv)),
            Parameter("exclude_keys", default: [String]?.none), Parameter("num_ray_actors", default: 0)
        ) {
            seed, shuffles, saves, evaluates, rate, count, balances, smooths, decay, alpha, energy, space, excluded, _
            in
            DOP(
                descent: DualProjectionDescent(
                    learningRate: rate, stepCount: count, balancesLosses: balances, smoothing: smooths ? decay : nil,
                    alpha: alpha, energy: energy, space: space.value),
                excludedModules: Set(excluded ?? []),
                settings: ContinualSettings(shuffles, seed, saves, evaluates))
        }
    }
}
