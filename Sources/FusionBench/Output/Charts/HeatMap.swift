import Glibc

/// A table of numbers as colours: rows are layers, those of one layer close together, columns are models.
struct HeatMap {
    /// What it says, for people who cannot see it.
    let label: String
    let columns: [String]
    let rows: [(name: String, values: [Double])]
    /// The magnitude that has the strongest colour; the same for charts that are to be compared.
    let strongest: Double

    private static let fontSize = 11.0
    private static let widestName = 110.0
    /// Between the cells of two groups.
    private static let gap = 1.5
    /// Titles of more cells would make the page heavy.
    private static let titleLimit = 4000

    /// The drawing.
    var element: MarkupElement {
        let groups = groups
        let names = groups.map { ChartElement.fitted($0.name, width: Self.widestName, size: Self.fontSize) }
        let longest = names.map { SVGDrawing.width(of: $0, size: Self.fontSize) }.max() ?? 0
        let left = min(longest, Self.widestName) + 10
        let cell = min((ChartElement.width - left - 8) / Double(max(columns.count, 1)), 90)
        let isTurned = columns.contains { SVGDrawing.width(of: $0, size: Self.fontSize) > cell - 4 }
        let top = isTurned ? columnHeight + 14 : 22
        let height = rowHeight
        let bottom = top + height * Double(rows.count) + Self.gap * Double(groups.count - 1)
        return ChartElement.drawing(height: bottom + 46, label: label) {
            for (column, name) in columns.enumerated() {
                columnName(name, x: left + cell * (Double(column) + 0.5), y: top - 7, isTurned: isTurned)
            }
            for (number, group) in groups.enumerated() {
                let y = top + height * Double(group.rows.lowerBound) + Self.gap * Double(number)
                for row in group.rows {
                    cells(
                        of: row, x: left, y: y + height * Double(row - group.rows.lowerBound), width: cell,
                        height: height)
                }
            }
            groupNames(groups, names, x: left - 6, top: top)
            legend(x: left, y: bottom + 12, width: cell * Double(columns.count))
        }
    }

    private var groups: [LayerGroups.Group] {
        if rows.count <= 24 {
            return rows.enumerated().map { LayerGroups.Group(name: $1.name, rows: $0..<$0 + 1) }
        }
        return LayerGroups(rows.map(\.name)).groups
    }

    private var rowHeight: Double { min(max(520 / Double(max(rows.count, 1)), 2), 24) }

    /// How much room turned names of columns take.
    private var columnHeight: Double {
        let longest = columns.map { SVGDrawing.width(of: $0, size: Self.fontSize) }.max() ?? 0
        return min(longest, Self.widestName)
    }

    private func columnName(_ name: String, x: Double, y: Double, isTurned: Bool) -> MarkupElement {
        guard isTurned else { return ChartElement.text(name, x: x, y: y, anchor: .middle, class: "small") }
        let fitted = ChartElement.fitted(name, width: Self.widestName, size: Self.fontSize)
        return ChartElement.text(fitted, x: x + 4, y: y, class: "small", angle: -90, full: name)
    }

    private func cells(of row: Int, x: Double, y: Double, width: Double, height: Double) -> [MarkupElement] {
        let hasText = height >= 14 && width >= 34
        let hasTitle = rows.count * columns.count <= Self.titleLimit
        return rows[row].values.enumerated().map { column, value in
            let color = ColorRamp.signed(strongest > 0 ? value / strongest : 0)
            let left = x + width * Double(column)
            let text = FixedDecimal.text(value, decimals: 3)
            return MarkupElement("g") {
                MarkupElement(
                    "rect",
                    [
                        "x": ChartElement.number(left), "y": ChartElement.number(y),
                        // The next cell covers the overlap, which hides seams.
                        "width": ChartElement.number(width + (column < columns.count - 1 ? 0.4 : 0)),
                        "height": ChartElement.number(height), "fill": ColorRamp.text(color),
                    ]
                ) {
                    if hasTitle { MarkupElement("title") { "\(rows[row].name), \(columns[column]): \(text)" } }
                }
                if hasText {
                    MarkupElement(
                        "text",
                        [
                            "x": ChartElement.number(left + width / 2), "y": ChartElement.number(y + height / 2 + 4),
                            "text-anchor": "middle", "class": ColorRamp.isLight(color) ? "small dark" : "small light",
                        ]
                    ) { FixedDecimal.text(value, decimals: 2) }
                }
            }
        }
    }

    /// The names of the groups, as many as have room.
    private func groupNames(
        _ groups: [LayerGroups.Group], _ names: [String], x: Double, top: Double
    ) -> [MarkupElement] {
        var elements: [MarkupElement] = []
        var last = -Double.infinity
        for (number, group) in groups.enumerated() {
            let middle = rowHeight * Double(group.rows.lowerBound + group.rows.upperBound) / 2
            let y = top + middle + Self.gap * Double(number) + 4
            guard y - last >= Self.fontSize else { continue }
            last = y
            elements.append(
                ChartElement.text(names[number], x: x, y: y, anchor: .end, class: "small", full: group.name))
        }
        return elements
    }

    /// The colours from the least value to the strongest.
    private func legend(x: Double, y: Double, width: Double) -> [MarkupElement] {
        let width = max(min(width, 260), 120)
        let isSigned = rows.contains { $0.values.contains { $0 < 0 } }
        let least = isSigned ? -1.0 : 0
        let steps = 60
        let colors = (0..<steps).map { step -> MarkupElement in
            let share = least + (1 - least) * (Double(step) + 0.5) / Double(steps)
            return MarkupElement(
                "rect",
                [
                    "x": ChartElement.number(x + width * Double(step) / Double(steps)), "y": ChartElement.number(y),
                    "width": ChartElement.number(width / Double(steps) + (step < steps - 1 ? 0.4 : 0)),
                    "height": "9", "fill": ColorRamp.text(ColorRamp.signed(share)),
                ])
        }
        let marks = [least, (least + 1) / 2, 1].enumerated().map { index, share in
            ChartElement.text(
                FixedDecimal.text(share * strongest, decimals: 2), x: x + width * Double(index) / 2, y: y + 22,
                anchor: index == 0 ? .start : index == 1 ? .middle : .end, class: "mark")
        }
        return colors + marks
    }
}
