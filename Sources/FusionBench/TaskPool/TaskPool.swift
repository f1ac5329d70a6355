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

    /// The names of the tasks; nil if they have none, as where nothing is evaluated.
    var taskNames: [String]? { get }

    /// The same pool with the tasks of some names only; nil if it has none of them.
    func restricted(to names: [String]) -> (any TaskPool)?
}

extension TaskPool {
    /// Nothing.
    public func problems() -> [String] { [] }
    /// Nothing.
    public func summary(in context: FusionContext) -> String? { nil }
    /// None.
    public var taskNames: [String]? { nil }
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

/// A method has its states evaluated on tasks that the task pool does not have.
struct MissingTasksError: Error, Equatable, CustomStringConvertible {
    let methodName: String
    let names: [String]
    /// The names that the task pool has.
    let known: [String]

    var description: String {
        func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }
        return "\(methodName) is evaluated after each task on all tasks so far, but the task pool has no test data of "
            + "\(list(names)): it has \(known.isEmpty ? "none" : list(known))"
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

/// How the evaluation of one model of a result went.
struct ModelEvaluation: Sendable {
    /// Its name in the result; nil if it is the only one.
    let name: String?
    /// Its name in the pool if it is one of the pool as it is.
    let pooledName: String?
    let report: EvaluationReport
    /// How long it took.
    let seconds: Double
}

extension FusionResult {
    /// Evaluates all models, one after another.
    ///
    /// - Throws: An error of reading, or of the evaluation.
    func evaluations(
        _ tasks: any TaskPool, of pool: ModelPool, in context: FusionContext
    ) throws -> [ModelEvaluation] {
        try models.map { name, model in
            let start = ContinuousClock.now
            let report = try tasks.evaluate(model, of: pool, in: context)
            return ModelEvaluation(
                name: name, pooledName: model.pooledName, report: report, seconds: start.secondsUntilNow)
        }
    }
}

extension EvaluationReport {
    /// The report on all models: that of the only one, or one for each name under `models`.
    init(of evaluations: [ModelEvaluation]) {
        if let only = evaluations.first, only.name == nil {
            self = only.report
            return
        }
        let named = evaluations.map { (name: $0.name ?? "", report: $0.report) }
        let tables = named.compactMap { name, report in report.table.map { "\(name)\n\($0)" } }
        let reports = OrderedDictionary(named.map { ($0.name, $0.report.json) }) { first, _ in first }
        self.init(
            json: .object(["models": .object(reports)]),
            table: tables.isEmpty ? nil : tables.joined(separator: "\n\n"))
    }
}
