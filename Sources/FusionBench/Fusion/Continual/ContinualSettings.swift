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
