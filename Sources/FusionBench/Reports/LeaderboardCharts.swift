/// The leaderboard as pictures: who is good at what, and who is best on average.
struct LeaderboardCharts {
    let leaderboard: Leaderboard

    /// The rows that have a colour, in the order of the leaderboard: all, or as many as there are colours.
    ///
    /// Models of the pool give way to each task's own model, then lesser merges to better ones.
    private var colored: [Leaderboard.Row] {
        var rows = leaderboard.rows.filter { $0.accuracies.contains { $0 != nil } }
        guard rows.count > SeriesStyle.colorCount else { return rows }
        if rows.contains(where: { $0.kind == .ownTask }) {
            rows.removeAll { $0.kind == .single && leaderboard.tasks.contains($0.name) }
        }
        let kept = rows.filter { $0.kind != .merged }.prefix(SeriesStyle.colorCount - 1)
        let merged = rows.filter { $0.kind == .merged }.sorted { $0.average ?? 0 > $1.average ?? 0 }
        let chosen = kept + merged.prefix(SeriesStyle.colorCount - kept.count)
        return rows.filter(chosen.contains)
    }

    /// Two axes span nothing.
    private var hasRadar: Bool { leaderboard.tasks.count > 2 }

    /// Both charts side by side; nil if there is nothing to draw.
    var section: MarkupElement? {
        let colored = colored
        guard !colored.isEmpty else { return nil }
        let series = colored.enumerated().map { ChartSeries(name: $1.name, style: SeriesStyle(number: $0)) }
        return MarkupElement("section", ["class": "charts", "aria-label": "Charts of accuracy"]) {
            if hasRadar { radar(colored, series) }
            bars(colored, series)
        }
    }

    private func radar(_ rows: [Leaderboard.Row], _ series: [ChartSeries]) -> MarkupElement {
        let averages = rows.compactMap { row in row.average.map { "\(row.name) \(Leaderboard.percent($0)) %" } }
        let tasks = leaderboard.tasks
        let chart = RadarChart(
            label: "Radar chart of the accuracy on \(tasks.count) tasks. Averages: "
                + averages.joined(separator: ", ") + ".",
            axes: tasks,
            polygons: zip(rows, series).map { RadarChart.Polygon(series: $1, values: $0.accuracies) })
        let all = leaderboard.rows.count { $0.accuracies.contains { $0 != nil } }
        return MarkupElement("figure", ["id": "radar"]) {
            MarkupElement("figcaption") {
                "Accuracy on each task, %" + (rows.count < all ? " (\(rows.count) of \(all) rows)" : "")
            }
            chart.element
            ChartLegend(series: series).element
        }
    }

    private func bars(_ rows: [Leaderboard.Row], _ series: [ChartSeries]) -> MarkupElement? {
        let known = leaderboard.rows.enumerated().compactMap { number, row in
            row.average.map { (number: number, row: row, average: $0) }
        }
        guard !known.isEmpty else { return nil }
        let sorted = known.sorted { ($1.average, $0.number) < ($0.average, $1.number) }
        let chart = BarChart(
            label: "Bar chart of the average accuracy: "
                + sorted.map { "\($0.row.name) \(Leaderboard.percent($0.average)) %" }.joined(separator: ", ") + ".",
            bars: sorted.map { entry in
                BarChart.Bar(
                    name: entry.row.name, share: entry.average,
                    style: style(of: entry.row, rows, series),
                    isBest: leaderboard.isBest(entry.row, on: nil))
            })
        return MarkupElement("figure", ["id": "averages"]) {
            MarkupElement("figcaption") { "Average accuracy, %" }
            chart.element
        }
    }

    /// The colour of a row's polygon; without a radar chart, one colour for merges.
    private func style(of row: Leaderboard.Row, _ rows: [Leaderboard.Row], _ series: [ChartSeries]) -> SeriesStyle? {
        guard hasRadar else { return row.kind == .merged ? SeriesStyle(number: 0) : nil }
        return rows.firstIndex(of: row).map { series[$0].style }
    }
}
