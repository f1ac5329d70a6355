/// What one line, polygon or bar of a chart shows.
struct ChartSeries: Sendable {
    /// Its name in the legend.
    let name: String
    let style: SeriesStyle
}

/// How a series looks: told apart by colour, and by dashes where the colours are used up.
struct SeriesStyle: Sendable, Equatable {
    /// Counted from 0.
    let number: Int

    /// The number of colours of the page's style sheet.
    static let colorCount = 8

    /// The classes of its lines.
    var line: String { "line \(color)" + (number < Self.colorCount ? "" : " dash\(min(number / Self.colorCount, 3))") }
    /// The classes of its areas.
    var area: String { "area \(color)" }
    /// The classes of its points.
    var point: String { "point \(color)" }

    private var color: String { "series\(number % Self.colorCount + 1)" }
}

/// Which style belongs to which series, below or beside a chart.
struct ChartLegend {
    let series: [ChartSeries]

    /// A list that breaks into as many lines as it needs.
    var element: MarkupElement {
        MarkupElement("ul", ["class": "legend"]) {
            for series in series {
                MarkupElement("li") {
                    MarkupElement(
                        "svg", ["viewBox": "0 0 26 10", "width": "26", "height": "10", "aria-hidden": "true"]
                    ) {
                        ChartElement.line((1, 5), (25, 5), class: series.style.line)
                        MarkupElement("circle", ["cx": "13", "cy": "5", "r": "3", "class": series.style.point])
                    }
                    series.name
                }
            }
        }
    }
}
