import Foundation

/// Runs every data-free method over its grid on the embedded pool, and writes the leaderboard as a page of the documentation.
struct EmbeddedLeaderboard {
    let program: String
    let configuration: String
    let scratch: String
    /// Where the page is written.
    let page: String

    /// What one setting of a method has reached.
    private struct Outcome {
        /// The main coefficient; nil if there is none.
        let value: String?
        /// In percent, for each task; of a method that makes a model for each task, its own model's.
        let accuracies: [Double]
        /// Of a process that only merges and saves.
        let merge: TimedProcess
        /// Of all weights that the method made.
        let byteCount: Int

        var average: Double { accuracies.reduce(0, +) / Double(accuracies.count) }
    }

    private static let tasks = ["fashion_mnist", "digits", "letters", "greek", "hiragana"]

    func run() throws {
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        var rows: [(grid: MethodGrid, outcomes: [Outcome])] = []
        for grid in MethodGrid.dataFree {
            let outcomes = try grid.points.map { try outcome(grid, $0.value, $0.overrides) }
            print(
                grid.method, outcomes.map { "\($0.value ?? "–"): \(Self.percent($0.average))" }.joined(separator: ", "))
            rows.append((grid, outcomes))
        }
        try Self.text(rows).write(toFile: page, atomically: true, encoding: .utf8)
        print("Written to \(page)")
    }

    /// Merges once for time and memory, and once more to evaluate.
    private func outcome(_ grid: MethodGrid, _ value: String?, _ overrides: [String]) throws -> Outcome {
        let (merged, report, log) = (scratch + "/merged", scratch + "/report.json", scratch + "/log")
        for path in [merged, report] { try? FileManager.default.removeItem(atPath: path) }
        let command =
            [
                program, "--config-path", configuration, "--quiet", "method=\(grid.method)", "print_config=false",
                "seed=1",
                "hydra.run.dir=\(scratch)/run", "path.cache_dir=\(scratch)/cache", "fabric.devices=1",
            ] + overrides
        let merge = try TimedProcess(
            command + ["taskpool=dummy", "merged_model_save_path=\(merged)", "report_save_path=null"], log: log)
        _ = try TimedProcess(
            command + ["taskpool=CLIPVisionModelTaskPool/embedded", "report_save_path=\(report)"], log: log)
        return Outcome(
            value: value, accuracies: try accuracies(at: report), merge: merge, byteCount: Self.weightBytes(in: merged))
    }

    private func accuracies(at path: String) throws -> [Double] {
        let report = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
        let models = (report as? [String: Any])?["models"] as? [String: Any]
        return try Self.tasks.map { task in
            let own = (models?[task] ?? report) as? [String: Any]
            let entry = own?[task] as? [String: Any]
            guard let accuracy = entry?["accuracy"] as? Double else { throw MissingAccuracy(task: task, path: path) }
            return 100 * accuracy
        }
    }

    private static func weightBytes(in directory: String) -> Int {
        let files = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".safetensors") }.reduce(0) { total, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: directory + "/" + file)
            return total + (attributes?[.size] as? Int ?? 0)
        }
    }

    // MARK: - The page

    private static func text(_ rows: [(grid: MethodGrid, outcomes: [Outcome])]) -> String {
        let best = rows.compactMap { row in row.outcomes.max { $0.average < $1.average }.map { (row.grid, $0) } }
        var text = """
            # Data-free methods on the embedded pool

            Every method that needs no data, over a small grid of its main coefficient, on the small models that come with the
            program: five tasks, about a thousand test images each. This page is written by `launch/benchmark leaderboard`.

            The coefficient of a row is the best of its grid, chosen by these test images: a real application would choose it on
            others. Differences of less than one percentage point are within the noise of so few images. Seconds and memory
            are those of a process that merges and saves; bytes are those of the weights that it writes, which are one model's
            but for methods that make a model for each task; there, each model is evaluated on its own task.

            | Method | Coefficient | Average | \(tasks.joined(separator: " | ")) | Seconds | Memory | Bytes |
            |---|---|\(String(repeating: "---|", count: tasks.count + 4))

            """
        for (grid, outcome) in best.sorted(by: { $0.1.average > $1.1.average }) {
            let coefficient = grid.key.flatMap { key in outcome.value.map { "`\(key)` = \($0)" } } ?? "–"
            let accuracies = outcome.accuracies.map(percent).joined(separator: " | ")
            text +=
                "| `\(grid.method)` | \(coefficient) | \(percent(outcome.average)) | \(accuracies) | "
                + String(
                    format: "%.2f | %.0f MiB | %.1f MB |\n", outcome.merge.seconds, outcome.merge.peakMemory,
                    Double(outcome.byteCount) / 1e6)
        }
        text += """

            ## The grids

            | Method | Averages |
            |---|---|

            """
        for (grid, outcomes) in rows where grid.key != nil {
            let points = outcomes.map { "\($0.value ?? ""): \(percent($0.average))" }.joined(separator: ", ")
            let others = grid.overrides.map { ", `\($0)`" }.joined()
            text += "| `\(grid.method)`, `\(grid.key ?? "")`\(others) | \(points) |\n"
        }
        return text
    }

    private static func percent(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// A report that lacks a task.
struct MissingAccuracy: Error, CustomStringConvertible {
    let task: String
    let path: String

    var description: String { "\(path) has no accuracy of the task '\(task)'" }
}
