/// A table of text, for terminals and logs.
struct TextTable {
    let columns: [String]
    /// The columns of numbers.
    let alignedRight: Set<Int>
    var rows: [[String]] = []
    /// A last row, below a line of its own.
    var summary: [String]?

    init(columns: [String], alignedRight: Set<Int> = []) {
        self.columns = columns
        self.alignedRight = alignedRight
    }

    /// The table with lines below the names of the columns and above the summary, without a line break at the end.
    var text: String { text { _, _, text in text } }

    /// The same with a style for each cell of the rows, which gets the cell's text as wide as its column.
    func text(_ style: (_ row: Int, _ column: Int, _ text: String) -> String) -> String {
        let all = [columns] + rows + (summary.map { [$0] } ?? [])
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "──")
        var lines = [line(columns, widths), rule]
        for (row, cells) in rows.enumerated() { lines.append(line(cells, widths) { style(row, $0, $1) }) }
        if let summary { lines += [rule, line(summary, widths)] }
        return lines.joined(separator: "\n")
    }

    private func line(
        _ cells: [String], _ widths: [Int], style: (Int, String) -> String = { $1 }
    ) -> String {
        let padded = zip(cells, widths).enumerated().map { column, cell in
            let space = String(repeating: " ", count: cell.1 - cell.0.count)
            return style(column, alignedRight.contains(column) ? space + cell.0 : cell.0 + space)
        }
        let text = padded.joined(separator: "  ")
        return String(text.reversed().drop { $0 == " " }.reversed())
    }
}
