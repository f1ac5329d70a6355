import JSON
import OrderedCollections

/// What is known of a job of a sweep when it has ended.
struct FinishedJob: Sendable {
    /// How it went.
    enum Result: Sendable {
        case evaluated(report: JSONValue, JobOutcome)
        /// It failed, with this message.
        case failed(String)
        /// It evaluated nothing, or did not run.
        case nothing
    }

    let number: Int
    /// What tells it from the sweep's other jobs.
    let name: String
    let overrides: [String]
    /// Where it wrote, as seen from the sweep's directory.
    let directory: String
    let result: Result
    /// What its method has learned; nil if it left no record.
    var learning: LearningRecord?
}

extension Leaderboard {
    /// The leaderboard of a sweep's jobs; nil if none of them has evaluated anything.
    init?(_ jobs: [FinishedJob]) {
        let reports = jobs.flatMap(ModelReport.all)
        var tasks: [String] = []
        for report in reports { tasks += report.accuracies.map(\.task).filter { !tasks.contains($0) } }
        guard !tasks.isEmpty else { return nil }
        let rows = jobs.flatMap { job -> [Row] in
            if case .failed(let text) = job.result {
                let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
                return [
                    Row(name: job.name, kind: .failed(line), job: job.number, accuracies: tasks.map { _ in nil })
                ]
            }
            let rows = ModelReport.all(of: job).map { $0.row(tasks) }
            return rows + (Self.ownTaskRow(rows, tasks).map { [$0] } ?? [])
        }
        self.init(tasks: tasks, rows: rows)
    }

    /// Each task's own model on its task, if a job has evaluated them all.
    private static func ownTaskRow(_ rows: [Row], _ tasks: [String]) -> Row? {
        guard tasks.count > 1, let job = rows.first?.job else { return nil }
        let accuracies = tasks.enumerated().map { number, task in
            rows.first { $0.kind == .single && $0.name == task }?.accuracies[number]
        }
        guard accuracies.allSatisfy({ $0 != nil }) else { return nil }
        return Row(name: "each task's own model", kind: .ownTask, job: job, accuracies: accuracies)
    }
}

/// What a job's report says about one model.
private struct ModelReport {
    let job: FinishedJob
    let model: JobOutcome.Model
    let fusionSeconds: Double
    let accuracies: [(task: String, accuracy: Double)]

    /// The entries of a report that are no tasks.
    private static let others: Set<String> = ["model_info", "average", "details", "provenance"]

    /// The reports on the job's models.
    static func all(of job: FinishedJob) -> [ModelReport] {
        guard case .evaluated(let report, let outcome) = job.result else { return [] }
        return outcome.models.map { model in
            let own = model.name.map { report["models"]?[$0] ?? .null } ?? report
            let accuracies = (own.object ?? [:]).compactMap { name, entry -> (task: String, accuracy: Double)? in
                guard !others.contains(name), let accuracy = entry["accuracy"]?.double, accuracy.isFinite else {
                    return nil
                }
                return (name, accuracy)
            }
            return ModelReport(job: job, model: model, fusionSeconds: outcome.fusionSeconds, accuracies: accuracies)
        }
    }

    func row(_ tasks: [String]) -> Leaderboard.Row {
        let known = Dictionary(accuracies.map { ($0.task, $0.accuracy) }) { first, _ in first }
        return Leaderboard.Row(
            name: name, kind: model.pooledName == nil ? .merged : .single, job: job.number,
            accuracies: tasks.map { known[$0] }, fusionSeconds: fusionSeconds, evaluationSeconds: model.seconds)
    }

    /// The job's name; models of the pool that a job has looked at one by one stand by their own.
    private var name: String {
        guard let name = model.name else { return job.name }
        guard model.pooledName != nil else { return "\(job.name): \(name)" }
        return name == ModelPool.pretrainedName ? "pretrained" : name
    }
}
