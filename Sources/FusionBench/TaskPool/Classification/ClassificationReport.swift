import JSON
import OrderedCollections

/// What an evaluation on classification tasks found out.
///
/// `model_info`, one entry a task with `accuracy` and `loss`, and `average` stand as in FusionBench in Python; everything else
/// stands under `details`, by task.
struct ClassificationReport {
    /// A task, and how it went.
    struct Task {
        let name: String
        let classNames: [String]
        let score: ClassificationScore
    }

    /// The number of parameters of the model.
    let parameterCount: Int
    let tasks: [Task]

    /// The report.
    var json: JSONValue {
        var entries: OrderedDictionary<String, JSONValue> = [
            "model_info": .object([
                "trainable_params": .integer(parameterCount), "all_params": .integer(parameterCount),
                "trainable_percentage": .number(parameterCount == 0 ? 0 : 1),
            ])
        ]
        for task in tasks {
            entries[task.name] = .object([
                "accuracy": .number(task.score.accuracy), "loss": .number(task.score.loss),
            ])
        }
        if !tasks.isEmpty {
            entries["average"] = .object([
                "accuracy": .number(averageAccuracy), "loss": .number(averageLoss),
            ])
        }
        entries["details"] = .object(
            .init(uniqueKeysWithValues: tasks.map { ($0.name, Self.details($0)) }))
        return .object(entries)
    }

    /// The mean of the tasks' accuracies.
    var averageAccuracy: Double { tasks.isEmpty ? 0 : tasks.reduce(0) { $0 + $1.score.accuracy } / Double(tasks.count) }

    /// The mean of the tasks' losses.
    var averageLoss: Double { tasks.isEmpty ? 0 : tasks.reduce(0) { $0 + $1.score.loss } / Double(tasks.count) }

    private static func details(_ task: Task) -> JSONValue {
        let score = task.score
        let interval = score.accuracyInterval
        let classes = zip(task.classNames, score.classes).filter { $0.1.images > 0 }.map { name, count in
            JSONValue.object([
                "class": .string(name), "images": .integer(count.images), "correct": .integer(count.correct),
                "accuracy": .number(Double(count.correct) / Double(count.images)),
            ])
        }
        return .object([
            "images": .integer(score.imageCount), "correct": .integer(score.correctCount),
            "skipped": .integer(score.skippedCount),
            "accuracy_interval_95": .array([.number(interval.lowerBound), .number(interval.upperBound)]),
            "classes": .array(classes),
        ])
    }
}

extension ClassificationReport {
    /// The tasks as a table for people.
    var table: TextTable {
        var table = TextTable(columns: ["Task", "Accuracy", "95 %", "Loss", "Images"], alignedRight: [1, 2, 3, 4])
        for task in tasks {
            let interval = task.score.accuracyInterval
            let skipped = task.score.skippedCount
            table.rows.append([
                task.name, Self.percent(task.score.accuracy),
                "\(Self.percent(interval.lowerBound)) to \(Self.percent(interval.upperBound))",
                FixedDecimal.text(task.score.loss, decimals: 4),
                "\(task.score.imageCount)" + (skipped == 0 ? "" : " (\(skipped) skipped)"),
            ])
        }
        if tasks.count > 1 {
            let images = tasks.reduce(0) { $0 + $1.score.imageCount }
            table.summary = [
                "average", Self.percent(averageAccuracy), "", FixedDecimal.text(averageLoss, decimals: 4), "\(images)",
            ]
        }
        return table
    }

    private static func percent(_ share: Double) -> String { FixedDecimal.text(100 * share, decimals: 1) }
}
