public import JSON
import OrderedCollections

/// The tasks that fused models are evaluated on.
public protocol TaskPool: Sendable {
    /// What can be known to be wrong before anything is computed: data sets that are not there, for example.
    func problems() -> [String]

    /// What it evaluates on, in a line for people; nil if there is nothing to say.
    ///
    /// - Parameter context: What surrounds the fusion.
    /// - Returns: The line.
    /// - Throws: What `problems` says, too.
    func summary(in context: FusionContext) throws -> String?

    /// Evaluates a model.
    ///
    /// All ranks do it together.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - pool: The pool that it was made of.
    ///   - context: What surrounds the fusion.
    /// - Returns: The report on global zero; what it is elsewhere does not matter.
    /// - Throws: An error of reading, or of the evaluation.
    func evaluate(_ model: FusedModel, of pool: ModelPool, in context: FusionContext) throws -> EvaluationReport

    /// The same pool with the tasks of some names only; nil if it has none of them.
    func restricted(to names: [String]) -> (any TaskPool)?
}

extension TaskPool {
    /// Nothing.
    public func problems() -> [String] { [] }
    /// Nothing.
    public func summary(in context: FusionContext) -> String? { nil }
    /// All of it: its tasks have no names of models.
    public func restricted(to names: [String]) -> (any TaskPool)? { self }
}

/// What an evaluation found out.
public struct EvaluationReport: Sendable {
    /// All of it, for programs.
    public var json: JSONValue
    /// The most important of it, for people; nil to show them all of it.
    public var table: String?

    /// A report.
    public init(json: JSONValue, table: String? = nil) {
        self.json = json
        self.table = table
    }
}

extension EvaluationReport {
    /// Says what the model is made of, and with what, under `provenance`.
    mutating func add(_ provenance: Provenance) {
        guard case .object(var entries) = json else { return }
        entries["provenance"] = .object(provenance.metadata.mapValues { .string($0) })
        json = .object(entries)
    }
}

extension FusionResult {
    /// The report on all models: that of the only one, or one for each name under `models`.
    func report(_ tasks: any TaskPool, of pool: ModelPool, in context: FusionContext) throws -> EvaluationReport {
        switch self {
        case .model(let model): return try tasks.evaluate(model, of: pool, in: context)
        case .models(let models):
            let reports = try models.map { ($0.name, try tasks.evaluate($0.model, of: pool, in: context)) }
            let tables = reports.compactMap { name, report in report.table.map { "\(name)\n\($0)" } }
            return EvaluationReport(
                json: .object(["models": .object(.init(uniqueKeysWithValues: reports.map { ($0, $1.json) }))]),
                table: tables.isEmpty ? nil : tables.joined(separator: "\n\n"))
        case .steps(let steps, _):
            guard let last = steps.last else { return EvaluationReport(json: .null) }
            return try tasks.evaluate(last.model, of: pool, in: context)
        case .nothing: return EvaluationReport(json: .null)
        }
    }
}
