/// Shares as bars below each other, each with its name above it, so that names may be long.
struct BarChart {
    /// A bar.
    struct Bar {
        let name: String
        /// From 0 to 1.
        let share: Double
        /// Its colour; nil for one without a series.
        let style: SeriesStyle?
        /// Whether its number is the one to look at.
        let isBest: Bool
    }

    /// What it says, for people who cannot see it.
    let label: String
    /// From above.
    let bars: [Bar]

    private static let rowHeight = 34.0
    private static let left = 6.0
    private static let width = ChartElement.width - 2 * left

    /// The drawing.
    var element: MarkupElement {
        let bottom = Self.rowHeight * Double(bars.count) + 6
        return ChartElement.drawing(height: bottom + 18, label: label) {
            for mark in stride(from: 0.0, through: 1, by: 0.25) {
                let x = Self.left + Self.width * mark
                ChartElement.line((x, 2), (x, bottom), class: "grid")
                ChartElement.text(
                    FixedDecimal.text(100 * mark, decimals: 0) + (mark == 1 ? " %" : ""), x: x, y: bottom + 14,
                    anchor: mark == 0 ? .start : mark == 1 ? .end : .middle, class: "mark")
            }
            for (row, bar) in bars.enumerated() { element(of: bar, y: Self.rowHeight * Double(row) + 4) }
        }
    }

    private func element(of bar: Bar, y: Double) -> MarkupElement {
        let width = Self.width * min(max(bar.share, 0), 1)
        let number = FixedDecimal.text(100 * bar.share, decimals: 1)
        return MarkupElement("g") {
            MarkupElement("title") { "\(bar.name): \(number) %" }
            ChartElement.text(
                ChartElement.fitted(bar.name, width: Self.width - 48), x: Self.left, y: y + 12,
                class: bar.isBest ? "name halo best" : "name halo")
            ChartElement.text(
                number, x: Self.left + Self.width, y: y + 12, anchor: .end,
                class: bar.isBest ? "number halo best" : "number halo")
            MarkupElement(
                "rect",
                [
                    "x": ChartElement.number(Self.left), "y": ChartElement.number(y + 17),
                    "width": ChartElement.number(width), "height": "9", "rx": "1.5",
                    "class": bar.style?.point ?? "plain",
                ])
        }
    }
}
