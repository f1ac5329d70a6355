import Checkpoints
import Configuration
import Tensors

/// Adds what TIES makes of the merged task vector and the next one to the merged model, one model after another.
///
/// Tang et al. (2025, arXiv 2501.09522) compare OPCM with it. As in FusionBench, the first step adds λ·τ, and later ones add
/// λ·TIES to the merged model instead of taking its place.
struct ContinualTIES: DataFreeFusionMethod {
    /// How two task vectors are merged.
    let ties: TIESMerging
    let settings: ContinualSettings

    var methodName: String { "Continual TIES" }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let order = settings.order(of: models, in: context)
        let factors = ties.scalingFactor.values(for: models.parameters.map(\.key), fallback: 0)
        let weights = models.models.indices.map { $0 == order[0] ? Float(1) : 0 }
        let merger = TaskVectorMerger(
            weights: Array(repeating: weights, count: models.parameters.count), scalingFactors: factors)
        var states = [models.fused(merger, content: { content($0, $0.input) })]
        for step in order.indices.dropFirst() {
            let stored = try states[step - 1].stored(
                as: "merged_model_\(step - 1)", modelNames: models.modelNames, in: context)
            let new = order[step]
            let inputs = models.parameters.map { parameter in
                MergeInput(
                    number: parameter.input.number, key: parameter.key, shape: parameter.input.shape,
                    pretrained: parameter.input.pretrained,
                    models: [stored[parameter.name] ?? parameter.input.models[new], parameter.input.models[new]],
                    modelNames: ["merged", models.modelNames[new]])
            }
            let merger = try ties.merger(of: inputs, modelNames: ["merged", models.modelNames[new]], in: context)
            states.append(
                models.fused(ContinualTIESMerger(ties: merger)) { content($0, inputs[$0.input.number]) })
        }
        return settings.result(models, order) { states[$0] }
    }

    /// What a parameter is merged from; those that are removed stay the pretrained model's.
    private func content(_ parameter: AlignedParameter, _ input: MergeInput) -> FusedParameter.Content {
        guard let base = parameter.input.pretrained, ties.removedKeys.contains(parameter.key) else {
            return .merge(input)
        }
        return .copy(base, model: ModelPool.pretrainedName)
    }
}

/// The first model plus what TIES adds to θ₀.
private struct ContinualTIESMerger: ParameterMerger {
    let ties: TIESMerger

    var granularity: Granularity { ties.granularity }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        ties.merge(stretch, into: merged)
        FloatArithmetic.accumulateDifference(stretch.models[0], base, weight: 1, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerContinualTIES() {
        let (shuffle, seed, save, evaluate) = ContinualSettings.parameters
        register(
            "fusion_bench.method.opcm.ties_merging.ContinualTiesMergingForCLIP",
            "fusion_bench.method.opcm.ContinualTiesMergingForCLIP",
            parameters: Parameter<ParameterSetting>("scaling_factor"), Parameter<Double>("threshold"),
            Parameter("remove_keys", default: [String]?.none),
            Parameter("merge_func", default: TIESMergeFunction.sum), shuffle, seed, save, evaluate
        ) { factor, threshold, removed, function, shuffles, seed, saves, evaluates in
            ContinualTIES(
                ties: TIESMerging(
                    scalingFactor: factor, threshold: threshold, removedKeys: Set(removed ?? []),
                    mergeFunction: function),
                settings: ContinualSettings(shuffles, seed, saves, evaluates))
        }
    }
}
