import Configuration
import JSON
import OrderedCollections

extension Leaderboard {
    /// The names of all columns.
    private var columns: [String] { ["Model"] + tasks + ["Average", "Seconds"] }

    /// A share in percent with one decimal.
    static func percent(_ share: Double) -> String { FixedDecimal.text(100 * share, decimals: 1) }

    /// Seconds with two decimals.
    static func text(seconds: Double) -> String { FixedDecimal.text(seconds, decimals: 2) }

    /// The accuracies on all tasks and their average, with whether each is the best.
    func cells(_ row: Row) -> [(text: String, isBest: Bool)] {
        (tasks.indices.map { Optional($0) } + [nil]).map { task in
            (row.accuracy(on: task).map(Self.percent) ?? "–", isBest(row, on: task))
        }
    }

    // MARK: - Markdown

    /// The leaderboard as a page in Markdown.
    var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        var text = "# Leaderboard\n\n" + line(columns.map(Self.markdown))
        text += line(["---"] + tasks.map { _ in "---:" } + ["---:", "---:"])
        for row in rows {
            if case .failed(let problem) = row.kind {
                let blanks = [String](repeating: "", count: tasks.count + 1)
                text += line([Self.markdown(row.name), Self.markdown("failed: " + problem)] + blanks)
                continue
            }
            let cells = cells(row).map { $0.isBest ? "**\($0.text)**" : $0.text }
            text += line([Self.markdown(row.name)] + cells + [row.seconds.map(Self.text(seconds:)) ?? "–"])
        }
        return text + "\nAccuracy in percent. \(bestNote) Seconds are those of fusion and evaluation.\n"
    }

    /// What bold means.
    var bestNote: String {
        rows.contains { $0.kind == .merged }
            ? "The best merge on each task is bold." : "The best model on each task is bold."
    }

    /// A text as Markdown shows it: what would format it, or end the cell, is escaped.
    private static func markdown(_ text: String) -> String {
        var result = ""
        for (index, character) in text.enumerated() {
            // Inside of words an underscore is a letter.
            let isOuter = index == 0 || index == text.count - 1
            if "\\`*|[]<>&~#".contains(character) || (character == "_" && isOuter) { result.append("\\") }
            result.append(character.isNewline ? " " : character)
        }
        return result
    }

    // MARK: - The terminal

    /// The leaderboard for people at a terminal: the best are bold, or marked by a star where nothing can be bold.
    func table(_ console: Console) -> String {
        var table = TextTable(columns: columns, alignedRight: Set(1...tasks.count + 2))
        var best: Set<[Int]> = []
        for (number, row) in rows.enumerated() {
            if case .failed = row.kind {
                table.rows.append([row.name] + tasks.map { _ in "" } + ["failed", ""])
                continue
            }
            let cells = cells(row)
            for (index, cell) in cells.enumerated() where cell.isBest { best.insert([number, index + 1]) }
            let texts = cells.map { console.usesColor ? $0.text : $0.text + ($0.isBest ? "*" : " ") }
            table.rows.append([row.name] + texts + [row.seconds.map(Self.text(seconds:)) ?? "–"])
        }
        return table.text { row, column, text in
            best.contains([row, column]) ? console.styled(text, .bold) : text
        }
    }

    // MARK: - JSON

    /// The leaderboard for programs.
    func json(_ jobs: [FinishedJob]) -> JSONValue {
        let jobs = Dictionary(jobs.map { ($0.number, $0) }) { first, _ in first }
        return [
            "tasks": .array(tasks.map(JSONValue.string)), "rows": .array(rows.map { json($0, of: jobs[$0.job]) }),
        ]
    }

    private func json(_ row: Row, of job: FinishedJob?) -> JSONValue {
        var entries: OrderedDictionary<String, JSONValue> = [
            "name": .string(row.name), "kind": .string(row.kind.name), "job": .integer(row.job),
        ]
        entries["directory"] = job.map { .string($0.directory) }
        entries["overrides"] = job.map { .array($0.overrides.map(JSONValue.string)) }
        if case .failed(let problem) = row.kind {
            entries["error"] = .string(problem)
            return .object(entries)
        }
        let accuracies = zip(tasks, row.accuracies).map { ($0, $1.map(JSONValue.number) ?? .null) }
        entries["accuracy"] = .object(OrderedDictionary(accuracies) { first, _ in first })
        entries["average"] = row.average.map(JSONValue.number) ?? .null
        entries["best_average"] = .boolean(isBest(row, on: nil))
        entries["fusion_seconds"] = row.fusionSeconds.map(JSONValue.number)
        entries["evaluation_seconds"] = row.evaluationSeconds.map(JSONValue.number)
        return .object(entries)
    }
}

extension Leaderboard.Kind {
    /// Its name in files.
    fileprivate var name: String {
        switch self {
        case .single: "single"
        case .ownTask: "own_task"
        case .merged: "merged"
        case .failed: "failed"
        }
    }
}
