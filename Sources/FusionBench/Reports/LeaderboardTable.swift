/// The leaderboard as a table of a page.
struct LeaderboardTable {
    let leaderboard: Leaderboard

    /// The names of more tasks stand upright.
    private static let widestRow = 7

    /// The table under its heading.
    var section: MarkupElement {
        MarkupElement("section", ["aria-labelledby": "accuracy"]) {
            MarkupElement("h2", ["id": "accuracy"]) { "Accuracy" }
            MarkupElement(
                "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Table of accuracies"]
            ) {
                MarkupElement("table", ["class": leaderboard.tasks.count > Self.widestRow ? "upright" : "level"]) {
                    MarkupElement("thead") { head }
                    MarkupElement("tbody") { leaderboard.rows.map(row) }
                }
            }
            MarkupElement("p", ["class": "note"]) {
                "Accuracy in percent. \(leaderboard.bestNote) Seconds of fusion are those of the method’s passes and "
                    + "its learning; a merge is computed as its evaluation needs it."
            }
        }
    }

    private var head: MarkupElement {
        MarkupElement("tr") {
            MarkupElement("th", ["scope": "col", "class": "label"]) { "Model" }
            for name in leaderboard.tasks + ["Average"] {
                MarkupElement("th", ["scope": "col"]) { MarkupElement("span") { name } }
            }
            for name in ["Fusion", "Evaluation"] {
                MarkupElement("th", ["scope": "col", "class": "seconds"]) { MarkupElement("span") { "\(name), s" } }
            }
        }
    }

    private func row(_ row: Leaderboard.Row) -> MarkupElement {
        if case .failed(let problem) = row.kind {
            return MarkupElement("tr", ["class": "failed"]) {
                MarkupElement("th", ["scope": "row", "class": "label"]) {
                    MarkupElement("span") { MarkupElement.breakable(row.name) }
                }
                MarkupElement("td", ["colspan": String(leaderboard.tasks.count + 3)]) { "failed: \(problem)" }
            }
        }
        return MarkupElement("tr", ["class": row.kind == .merged ? "merged" : "single"]) {
            MarkupElement("th", ["scope": "row", "class": "label"]) {
                MarkupElement("span") { MarkupElement.breakable(row.name) }
            }
            let cells = leaderboard.cells(row)
            for (index, cell) in cells.enumerated() {
                MarkupElement("td", ["class": index == cells.count - 1 ? "average" : "task"]) {
                    if cell.isBest { MarkupElement("strong") { cell.text } } else { cell.text }
                }
            }
            for seconds in [row.fusionSeconds, row.evaluationSeconds] {
                MarkupElement("td", ["class": "seconds"]) { seconds.map(Leaderboard.text(seconds:)) ?? "–" }
            }
        }
    }
}
