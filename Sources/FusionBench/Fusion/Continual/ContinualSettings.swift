import Configuration
import Tensors

/// What continual methods have in common: the order in which models come, and what is kept of the steps.
struct ContinualSettings: Sendable {
    /// Whether models come in random order, not in that of the pool.
    let shufflesOrder: Bool
    /// The seed of the order; nil for that of the job.
    let seed: Int?
    let record: FusionStepRecord

    /// The numbers of the models, in the order in which they come.
    func order(of models: AlignedModels, in context: FusionContext) -> [Int] {
        guard shufflesOrder else { return Array(models.models.indices) }
        let seed = seed.map { UInt64(bitPattern: Int64($0)) } ?? context.seed
        return RandomStream(seed: seed, purpose: "continual/order", name: "").permutation(of: models.models.count)
    }

    /// The steps at which a state is wanted, of so many.
    func wantedSteps(_ count: Int) -> [Int] { record.isNeeded ? Array(0..<count) : [count - 1] }

    /// The states of a fusion that merges the state before with the next model: the first one is given.
    ///
    /// - Parameters:
    ///   - first: The state of the first model alone.
    ///   - models: The models, with the parameters that are merged.
    ///   - order: Their numbers, in the order in which they come.
    ///   - context: What surrounds the fusion.
    ///   - merger: Merges a state and the model of this number, of which it gets two models.
    /// - Returns: A state for each model.
    /// - Throws: An error of reading, merging or writing.
    func states(
        from first: FusedModel, _ models: AlignedModels, _ order: [Int], in context: FusionContext,
        merger: (_ new: Int) -> any ParameterMerger
    ) throws -> [FusedModel] {
        var states = [first]
        for step in order.indices.dropFirst() {
            let stored =
                step == 1
                ? nil
                : try states[step - 1].stored(
                    as: "merged_model_\(step - 1)", modelNames: models.modelNames, in: context)
            let (first, new) = (order[0], order[step])
            states.append(
                models.fused(merger(new)) { parameter in
                    let merged = stored?[parameter.name] ?? parameter.input.models[first]
                    return .merge(
                        MergeInput(
                            number: parameter.input.number, key: parameter.key, shape: parameter.input.shape,
                            pretrained: parameter.input.pretrained, models: [merged, parameter.input.models[new]],
                            modelNames: ["merged", models.modelNames[new]]))
                })
        }
        return states
    }

    /// The result of a fusion whose states are made one after another.
    func result(
        _ models: AlignedModels, _ order: [Int], _ model: (_ step: Int) throws -> FusedModel
    ) rethrows -> FusionResult {
        let names = order.map { models.modelNames[$0] }
        return .steps(
            try wantedSteps(order.count).map {
                FusionStep(names: Array(names[...$0]), model: try model($0))
            }, record)
    }
}

extension AlignedModels {
    /// A model of the pool, as a state of a continual fusion.
    func copied(_ model: Int, _ merger: any ParameterMerger) -> FusedModel {
        fused(merger) { .copy($0.input.models[model], model: modelNames[model]) }
    }
}
