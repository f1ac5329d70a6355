/// What methods have learned as pictures: merging coefficients and losses, a figure for each job.
struct LearningCharts {
    let jobs: [FinishedJob]

    /// Both under their headings; nil if no method has learned anything.
    var section: [MarkupElement] { [coefficients, curves].compactMap { $0 } }

    private var coefficients: MarkupElement? {
        let tables = jobs.compactMap { job in job.learning?.coefficients.map { (job: job, table: $0) } }
            .filter { !$0.table.rows.isEmpty && !$0.table.columns.isEmpty }
        guard !tables.isEmpty else { return nil }
        // One scale for all, so that the same colour means the same.
        let strongest = tables.flatMap { $0.table.rows.flatMap(\.values) }.filter(\.isFinite).map(abs).max() ?? 0
        return MarkupElement("section", ["aria-labelledby": "coefficients"]) {
            MarkupElement("h2", ["id": "coefficients"]) { "Merging coefficients" }
            MarkupElement("div", ["class": "charts"]) {
                for (job, table) in tables {
                    figure(job.name) {
                        HeatMap(
                            label: "Heat map of the merging coefficients of \(job.name): \(Self.summary(table))",
                            columns: table.columns, rows: table.rows.map { ($0.name, $0.values) },
                            strongest: strongest
                        ).element
                    }
                }
            }
        }
    }

    /// The mean of each column.
    private static func summary(_ table: CoefficientTable) -> String {
        let means = table.columns.enumerated().map { column, name in
            let mean = table.rows.reduce(0) { $0 + $1.values[column] } / Double(table.rows.count)
            return "\(name) \(FixedDecimal.text(mean, decimals: 2))"
        }
        return "means over \(table.rows.count) rows are " + means.joined(separator: ", ") + "."
    }

    private var curves: MarkupElement? {
        let learned = jobs.compactMap { job in
            job.learning.map { (job: job, curves: $0.curves.filter { !$0.points.isEmpty }) }
        }.filter { !$0.curves.isEmpty }
        guard !learned.isEmpty else { return nil }
        return MarkupElement("section", ["aria-labelledby": "losses"]) {
            MarkupElement("h2", ["id": "losses"]) { "Losses" }
            MarkupElement("div", ["class": "charts"]) {
                for (job, curves) in learned {
                    let series = curves.enumerated().map {
                        ChartSeries(name: $1.name, style: SeriesStyle(number: $0))
                    }
                    figure(job.name) {
                        LineChart(
                            label: "Losses of \(job.name): " + curves.map(Self.summary).joined(separator: ", ") + ".",
                            stepName: "step",
                            lines: zip(series, curves).map { series, curve in
                                LineChart.Line(series: series, points: curve.points.map { ($0.step, $0.value) })
                            }
                        ).element
                        ChartLegend(series: series).element
                    }
                }
            }
        }
    }

    private static func summary(_ curve: LossCurve) -> String {
        guard let first = curve.points.first, let last = curve.points.last else { return curve.name }
        return "\(curve.name) from \(FixedDecimal.text(first.value, decimals: 3)) "
            + "to \(FixedDecimal.text(last.value, decimals: 3))"
    }

    private func figure(
        _ caption: String, @MarkupBuilder _ content: () -> [MarkupElement.Child]
    ) -> MarkupElement {
        MarkupElement("figure") {
            MarkupElement("figcaption") { caption }
            MarkupElement("div", ["class": "plot"], content)
        }
    }
}
