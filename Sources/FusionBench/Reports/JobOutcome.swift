import Fabric
import Glibc
import JSON
import OperatingSystem
import OrderedCollections

/// What a job of a sweep leaves in its output directory for the leaderboard, beside its report: what it evaluated, and how
/// long that took.
///
/// The report itself names no times, so that its bytes do not depend on them.
struct JobOutcome: Sendable, Equatable {
    /// A model that was evaluated.
    struct Model: Sendable, Equatable {
        /// Its name in the result; nil if it is the only one.
        let name: String?
        /// Its name in the model pool if it is one of the pool as it is; nil if something has been made of several.
        let pooledName: String?
        /// How long its evaluation took, with the computation of its parameters.
        let seconds: Double
    }

    /// How long the method took: its passes over the models, or its learning.
    let fusionSeconds: Double
    /// In the order of the result.
    let models: [Model]

    /// The name of its file.
    static let fileName = "outcome.json"
    /// The name of the report's file.
    static let reportName = "report.json"

    /// The outcome of a job.
    init(fusionSeconds: Double, models: [Model]) {
        self.fusionSeconds = fusionSeconds
        self.models = models
    }

    /// Removes what an earlier job has left for leaderboards, so that nobody takes it for this job's.
    static func removeStale(from directory: String) {
        for name in [fileName, reportName, LearningRecord.fileName] {
            unlink(FileSystem.join(directory, name))
        }
    }

    /// Writes outcome and report; all ranks call this, and global zero writes.
    ///
    /// - Throws: `FileSystemError` if they cannot be written.
    func save(_ report: EvaluationReport, to directory: String, on fabric: Fabric) throws {
        for (name, value) in [(Self.reportName, report.json), (Self.fileName, json)] {
            try fabric.save(Array((value.text() + "\n").utf8), to: FileSystem.join(directory, name), name)
        }
    }

    /// The outcome for programs.
    var json: JSONValue {
        [
            "fusion_seconds": .number(fusionSeconds),
            "models": .array(
                models.map { model in
                    var entries: OrderedDictionary<String, JSONValue> = [:]
                    entries["name"] = model.name.map(JSONValue.string)
                    entries["pooled_name"] = model.pooledName.map(JSONValue.string)
                    entries["evaluation_seconds"] = .number(model.seconds)
                    return .object(entries)
                }),
        ]
    }

    /// Reads an outcome from the content of its file.
    ///
    /// - Throws: `JobOutcomeError` with everything that is wrong.
    init(_ value: JSONValue, path: String) throws(JobOutcomeError) {
        var settings = JSONSettings(value)
        fusionSeconds = settings.number("fusion_seconds")
        models = settings.read("models", "a list of objects with evaluation_seconds", nil, or: []) { list in
            let models = list.array?.compactMap { model in
                model["evaluation_seconds"]?.double.map {
                    Model(name: model["name"]?.string, pooledName: model["pooled_name"]?.string, seconds: $0)
                }
            }
            return models?.count == list.array?.count ? models : nil
        }
        guard settings.problems.isEmpty else { throw JobOutcomeError(path: path, problems: settings.problems) }
    }

}

extension JobOutcome.Model {
    /// A model whose evaluation has ended.
    init(_ evaluation: ModelEvaluation) {
        self.init(name: evaluation.name, pooledName: evaluation.pooledName, seconds: evaluation.seconds)
    }
}

/// What is wrong with the file of an outcome.
struct JobOutcomeError: Error, Equatable, CustomStringConvertible {
    let path: String
    let problems: [JSONSettings.Problem]

    var description: String {
        "The outcome '\(path)' cannot be used: " + problems.map(\.description).joined(separator: "; ")
    }
}
