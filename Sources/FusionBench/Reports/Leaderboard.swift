/// How well several models do on the same tasks: what a sweep over methods ends with.
struct Leaderboard: Sendable, Equatable {
    /// What a row is about.
    enum Kind: Sendable, Equatable {
        /// A model of the pool as it is: what merges are measured against.
        case single
        /// On each task, the model of the pool that has the task's name: what one model for all tasks can hardly reach.
        case ownTask
        /// What a method has made.
        case merged
        /// A job that failed, and the first line of its error.
        case failed(String)
    }

    /// One model, or one job that failed.
    struct Row: Sendable, Equatable {
        let name: String
        let kind: Kind
        /// The number of its job in the sweep.
        let job: Int
        /// From 0 to 1 for each task of the leaderboard; nil where it was not evaluated.
        let accuracies: [Double?]
        /// How long the method took: its passes over the models, or its learning.
        var fusionSeconds: Double?
        /// How long the evaluation took, with the computation of the parameters.
        var evaluationSeconds: Double?

        /// The mean over all tasks; nil if one is missing.
        var average: Double? {
            let known = accuracies.compactMap { $0 }
            return known.isEmpty || known.count < accuracies.count ? nil : known.reduce(0, +) / Double(known.count)
        }

        /// Fusion and evaluation together.
        var seconds: Double? {
            fusionSeconds.flatMap { fusion in evaluationSeconds.map { fusion + $0 } }
        }
    }

    /// The names of the tasks, in the order of the first report.
    let tasks: [String]
    /// In the order of the sweep.
    let rows: [Row]

    /// Whether a row has the best accuracy of all merges on a task; of all models if nothing was merged.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - task: The number of the task; nil for the average.
    /// - Returns: Whether no other competitor is better.
    func isBest(_ row: Row, on task: Int?) -> Bool {
        guard competitors.contains(where: { $0 == row }), let own = row.accuracy(on: task) else { return false }
        return competitors.allSatisfy { $0.accuracy(on: task) ?? 0 <= own }
    }

    /// The rows that the best one is chosen from: single models are there to compare with.
    private var competitors: [Row] {
        let merged = rows.filter { $0.kind == .merged }
        return merged.isEmpty ? rows.filter { $0.kind == .single } : merged
    }

    /// The best merge on average, or the best model if nothing was merged.
    var best: Row? { rows.first { isBest($0, on: nil) } }
}

extension Leaderboard.Row {
    /// The accuracy on a task, or on average for nil.
    func accuracy(on task: Int?) -> Double? { task.map { accuracies[$0] } ?? average }
}
