/// Numbers over steps, a line for each series.
struct LineChart {
    /// A line.
    struct Line {
        let series: ChartSeries
        /// In the order of the steps; numbers that are not finite leave gaps.
        let points: [(step: Int, value: Double)]
    }

    /// What it says, for people who cannot see it.
    let label: String
    /// What stands on the horizontal axis.
    let stepName: String
    let lines: [Line]

    private static let height = 230.0
    private static let top = 10.0
    private static let bottom = 40.0
    /// More points than this cannot be told apart.
    private static let pointLimit = 400

    /// The drawing.
    var element: MarkupElement {
        let values = AxisScale(holding: lines.flatMap { $0.points.map(\.value) })
        let steps = AxisScale(holding: lines.flatMap { $0.points.map { Double($0.step) } }, steps: 6)
        let longest = values.marks.map { SVGDrawing.width(of: values.text($0), size: ChartElement.fontSize) }.max() ?? 0
        let left = longest + 12
        let (width, height) = (ChartElement.width - left - 12, Self.height - Self.top - Self.bottom)
        func x(_ step: Double) -> Double { left + width * steps.share(step) }
        func y(_ value: Double) -> Double { Self.top + height * (1 - values.share(value)) }
        return ChartElement.drawing(height: Self.height, label: label) {
            for mark in values.marks {
                ChartElement.line((left, y(mark)), (left + width, y(mark)), class: "grid")
                ChartElement.text(values.text(mark), x: left - 6, y: y(mark) + 4, anchor: .end, class: "mark")
            }
            for mark in steps.marks where mark == mark.rounded() {
                ChartElement.text(
                    steps.text(mark), x: x(mark), y: Self.top + height + 16, anchor: .middle, class: "mark")
            }
            ChartElement.text(
                stepName, x: left + width / 2, y: Self.height - 6, anchor: .middle, class: "axis")
            for line in lines {
                MarkupElement("g", ["class": "polygon"]) {
                    MarkupElement("title") { line.series.name }
                    for piece in Self.pieces(line.points) {
                        if piece.count == 1 {
                            MarkupElement(
                                "circle",
                                [
                                    "cx": ChartElement.number(x(Double(piece[0].step))),
                                    "cy": ChartElement.number(y(piece[0].value)), "r": "2.6",
                                    "class": line.series.style.point,
                                ])
                        } else {
                            let list = piece.map {
                                "\(ChartElement.number(x(Double($0.step)))),\(ChartElement.number(y($0.value)))"
                            }
                            MarkupElement(
                                "polyline",
                                ["points": list.joined(separator: " "), "class": line.series.style.line])
                        }
                    }
                }
            }
        }
    }

    /// The runs of finite numbers; of very many, the least and the largest of each stretch.
    private static func pieces(_ points: [(step: Int, value: Double)]) -> [[(step: Int, value: Double)]] {
        points.split { !$0.value.isFinite }.map { piece in
            let size = (piece.count + pointLimit / 2 - 1) / (pointLimit / 2)
            guard size > 2 else { return Array(piece) }
            let stretches = stride(from: piece.startIndex, to: piece.endIndex, by: size).map {
                piece[$0..<min($0 + size, piece.endIndex)]
            }
            return stretches.flatMap { stretch -> [(step: Int, value: Double)] in
                let extremes = [stretch.min { $0.value < $1.value }, stretch.max { $0.value < $1.value }]
                return extremes.compactMap { $0 }.sorted { $0.step < $1.step }
            }
        }
    }
}
