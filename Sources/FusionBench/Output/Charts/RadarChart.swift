import Glibc

/// Shares on several axes around a centre, a polygon for each series: who is good at what.
struct RadarChart {
    /// A polygon.
    struct Polygon {
        let series: ChartSeries
        /// A share from 0 to 1 for each axis; nil where it is not known.
        let values: [Double?]
    }

    /// What it says, for people who cannot see it.
    let label: String
    /// The names of the axes, clockwise from above; at least three.
    let axes: [String]
    let polygons: [Polygon]

    private static let fontSize = 12.0
    private static let widestName = 92.0
    /// Axes whose sine is smaller point up or down.
    private static let upright = 0.05

    private typealias Point = (x: Double, y: Double)

    /// From the centre to the outermost ring; the innermost is 0 unless all shares are large.
    private var scale: AxisScale {
        let percentages = polygons.flatMap(\.values).compactMap { $0 }.map { 100 * $0 }
        let isHigh = (percentages.min() ?? 0) >= 60
        return AxisScale(holding: percentages + (isHigh ? [(percentages.min() ?? 0) - 5] : [0]))
    }

    private var names: [String] {
        axes.map { ChartElement.fitted($0, width: Self.widestName, size: Self.fontSize) }
    }

    /// As large as the names at the sides allow.
    private var radius: Double {
        let room = names.enumerated().map { axis, name -> Double in
            let side = abs(sin(angle(axis)))
            let width = SVGDrawing.width(of: name, size: Self.fontSize)
            guard side >= Self.upright else { return .infinity }
            return (ChartElement.width / 2 - width - 2) / side - 8
        }
        return min(room.min() ?? .infinity, 160)
    }

    private var center: Point { (ChartElement.width / 2, radius + 34) }

    /// The drawing.
    var element: MarkupElement {
        let scale = scale
        // Three axes, or any odd number, reach less far down than up.
        let depth = axes.indices.map { -cos(angle($0)) }.max() ?? 1
        return ChartElement.drawing(height: center.y + radius * depth + 34, label: label) {
            for mark in scale.marks.dropFirst() { ring(scale.share(mark)) }
            for axis in axes.indices {
                ChartElement.line(center, point(axis, 1), class: "grid")
                name(axis)
            }
            for polygon in polygons { element(of: polygon, scale) }
            for mark in scale.marks {
                ChartElement.text(
                    scale.text(mark), x: center.x - 4, y: center.y - radius * scale.share(mark) + 4, anchor: .end,
                    class: "mark halo")
            }
        }
    }

    private func angle(_ axis: Int) -> Double { 2 * Double.pi * Double(axis) / Double(axes.count) }

    private func point(_ axis: Int, _ share: Double) -> Point {
        (center.x + radius * share * sin(angle(axis)), center.y - radius * share * cos(angle(axis)))
    }

    private func list(_ points: [Point]) -> String {
        points.map { "\(ChartElement.number($0.x)),\(ChartElement.number($0.y))" }.joined(separator: " ")
    }

    private func ring(_ share: Double) -> MarkupElement {
        MarkupElement("polygon", ["points": list(axes.indices.map { point($0, share) }), "class": "grid"])
    }

    private func name(_ axis: Int) -> MarkupElement {
        let (side, height) = (sin(angle(axis)), cos(angle(axis)))
        let end = point(axis, 1)
        let anchor: SVGDrawing.Anchor = abs(side) < Self.upright ? .middle : side > 0 ? .start : .end
        // Above is also the mark of the outermost ring.
        let distance = height > 0 ? 18.0 : 12
        return ChartElement.text(
            names[axis], x: end.x + 8 * side, y: end.y + 4 - distance * height, anchor: anchor, class: "axis",
            full: axes[axis])
    }

    /// A closed line, or pieces of one where shares are missing, with a point for each share.
    private func element(of polygon: Polygon, _ scale: AxisScale) -> MarkupElement {
        let shares = polygon.values.map { $0.map { min(max(scale.share(100 * $0), 0), 1) } }
        let style = polygon.series.style
        let isWhole = !shares.contains { $0 == nil }
        return MarkupElement("g", ["class": "polygon"]) {
            MarkupElement("title") { polygon.series.name }
            if isWhole {
                let points = list(shares.enumerated().map { point($0, $1 ?? 0) })
                MarkupElement("polygon", ["points": points, "class": style.area])
                MarkupElement("polygon", ["points": points, "class": style.line])
            } else {
                for axis in axes.indices {
                    let next = (axis + 1) % axes.count
                    if let share = shares[axis], let other = shares[next] {
                        ChartElement.line(point(axis, share), point(next, other), class: style.line)
                    }
                }
            }
            for (axis, share) in shares.enumerated() {
                if let share, let value = polygon.values[axis] {
                    let place = point(axis, share)
                    MarkupElement(
                        "circle",
                        [
                            "cx": ChartElement.number(place.x), "cy": ChartElement.number(place.y), "r": "2.6",
                            "class": style.point,
                        ]
                    ) {
                        MarkupElement("title") {
                            "\(polygon.series.name), \(axes[axis]): \(FixedDecimal.text(100 * value, decimals: 1)) %"
                        }
                    }
                }
            }
        }
    }
}
