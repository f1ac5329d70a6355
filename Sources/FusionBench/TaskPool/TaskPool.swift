public import JSON
import OrderedCollections

/// The tasks that fused models are evaluated on.
public protocol TaskPool: Sendable {
    /// Evaluates a model.
    ///
    /// All ranks do it together.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - context: What surrounds the fusion.
    /// - Returns: The report on global zero; what it is elsewhere does not matter.
    /// - Throws: An error of reading, or of the evaluation.
    func evaluate(_ model: FusedModel, in context: FusionContext) throws -> JSONValue
}

extension FusionResult {
    /// The report on all models: that of the only one, or one for each name under `models`.
    func report(_ tasks: any TaskPool, in context: FusionContext) throws -> JSONValue {
        switch self {
        case .model(let model): return try tasks.evaluate(model, in: context)
        case .models(let models):
            let reports = try models.map { ($0.name, try tasks.evaluate($0.model, in: context)) }
            return .object(["models": .object(.init(uniqueKeysWithValues: reports))])
        case .nothing: return .null
        }
    }
}
