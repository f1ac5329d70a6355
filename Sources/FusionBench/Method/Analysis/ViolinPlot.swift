import Glibc

/// Distributions side by side: the wider a violin, the more values lie there.
///
/// All violins have the same greatest width.
/// Hintze, Nelson: "Violin plots: a box plot–density trace synergism" (1998). The bar goes from the lower to the upper
/// quartile, the dot is the median.
struct ViolinPlot {
    let title: String
    let axisTitle: String
    let names: [String]
    let distributions: [EntryHistogram]
    /// Whether violins end at 0, as there are no values below.
    var cutsAtZero = false
    /// Width and height in inches.
    var figureSize: (width: Double, height: Double)?
    /// The colour behind it.
    var background = "#ffffff"

    /// Colours that differ in lightness, too: they can be told apart in print and by the colour-blind.
    ///
    /// Okabe, Ito: "Color universal design" (2008).
    private static let colors = [
        "#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#0072b2", "#f0e442", "#d55e00", "#999999",
    ]
    private static let pixelsPerInch = 96.0
    private static let pointCount = 200

    /// The drawing.
    var svg: [UInt8] {
        let slot = max(36, min(90, 900 / Double(max(names.count, 1))))
        let width = figureSize.map { $0.width * Self.pixelsPerInch } ?? max(480, 110 + slot * Double(names.count))
        let longest = names.map { SVGDrawing.width(of: $0) }.max() ?? 0
        let slope = longest * 0.7072 + 24
        let height = figureSize.map { $0.height * Self.pixelsPerInch } ?? 380 + slope
        let frame = Frame(
            left: max(84, slope - slot / 2), right: width - 20, top: 52, bottom: max(height - slope - 8, 120))
        var drawing = SVGDrawing(width: width, height: height, background: background)
        drawing.text(title, x: (frame.left + frame.right) / 2, y: 30, size: 16, anchor: .middle)
        let bandwidths = distributions.map(\.bandwidth)
        // As far as the tails of the kernels can be seen.
        let lows = zip(distributions, bandwidths).map { cutsAtZero ? max(0, $0.lowest - 2 * $1) : $0.lowest - 2 * $1 }
        let highs = zip(distributions, bandwidths).map { $0.highest + 2 * $1 }
        let (low, high) = (lows.min() ?? 0, highs.max() ?? 0)
        let margin = 0.03 * (high - low)
        let axis = TickAxis(from: cutsAtZero ? low : low - margin, to: high + margin)
        draw(axis, in: frame, &drawing)
        for (index, distribution) in distributions.enumerated() {
            let x = frame.left + frame.width * (Double(index) + 0.5) / Double(distributions.count)
            let color = Self.colors[index % Self.colors.count]
            let halfWidth = 0.4 * frame.width / Double(distributions.count)
            draw(
                distribution, bandwidths[index], lows[index]...max(lows[index], highs[index]), axis, x: x,
                halfWidth: halfWidth, color: color, in: frame, &drawing)
            drawing.text(names[index], x: x + 4, y: frame.bottom + 18, anchor: .end, angle: -45)
        }
        return drawing.bytes
    }

    /// Where violins are drawn.
    private struct Frame {
        let left: Double
        let right: Double
        let top: Double
        let bottom: Double

        var width: Double { right - left }

        func y(_ share: Double) -> Double { bottom - (bottom - top) * share }
    }

    private func draw(_ axis: TickAxis, in frame: Frame, _ drawing: inout SVGDrawing) {
        for tick in axis.ticks {
            let y = frame.y(axis.share(of: tick.value))
            drawing.line(
                from: (frame.left, y), to: (frame.right, y), stroke: tick.value == 0 ? "#888888" : "#e2e2e2",
                width: tick.value == 0 ? 1.2 : 1)
            drawing.text(tick.label, x: frame.left - 8, y: y + 4, size: 11, anchor: .end)
        }
        drawing.line(from: (frame.left, frame.top), to: (frame.left, frame.bottom), stroke: "#222222")
        drawing.line(from: (frame.left, frame.bottom), to: (frame.right, frame.bottom), stroke: "#222222")
        drawing.text(
            axisTitle + axis.factor, x: frame.left - 60, y: (frame.top + frame.bottom) / 2, size: 13, anchor: .middle,
            angle: -90)
    }

    private func draw(
        _ distribution: EntryHistogram, _ bandwidth: Double, _ range: ClosedRange<Double>, _ axis: TickAxis, x: Double,
        halfWidth: Double, color: String, in frame: Frame, _ drawing: inout SVGDrawing
    ) {
        func y(_ value: Double) -> Double { frame.y(axis.share(of: value)) }
        guard bandwidth > 0 else {
            // All values are equal.
            let y = y(distribution.lowest)
            return drawing.line(from: (x - halfWidth, y), to: (x + halfWidth, y), stroke: color, width: 3)
        }
        let points = (0..<Self.pointCount).map {
            range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(Self.pointCount - 1)
        }
        let widths = distribution.density(at: points, bandwidth: bandwidth).map { $0 * halfWidth }
        let outline = zip(points, widths).map { (x: x + $1, y: y($0)) }
        let mirrored = zip(points, widths).reversed().map { (x: x - $1, y: y($0)) }
        drawing.polygon(outline + mirrored, fill: color, stroke: "#333333")
        let (lower, median, upper) = (
            distribution.quantile(0.25), distribution.quantile(0.5), distribution.quantile(0.75)
        )
        drawing.line(from: (x, y(lower)), to: (x, y(upper)), stroke: "#222222", width: 6)
        drawing.circle(x: x, y: y(median), radius: 2.6, fill: "#ffffff", stroke: "#222222")
    }
}

/// An axis with round numbers.
struct TickAxis {
    /// A number and how it is written.
    struct Tick: Equatable {
        let value: Double
        let label: String
    }

    let ticks: [Tick]
    /// What all labels are to be multiplied by, as a part of the axis' title; empty for nothing.
    let factor: String
    private let lowest: Double
    private let highest: Double

    /// An axis that holds all values between two.
    init(from low: Double, to high: Double) {
        let extent = max(abs(low), abs(high))
        let (low, high) = high > low ? (low, high) : (low - max(extent, 1) / 2, low + max(extent, 1) / 2)
        let rough = (high - low) / 8
        let magnitude = pow(10, log10(rough).rounded(.down))
        let step = ([1, 2, 5, 10].first { $0 * magnitude >= rough } ?? 10) * magnitude
        let exponent = Int(log10(max(abs(low), abs(high))).rounded(.down))
        // Numbers such as 0.00002 are read more easily with their factor apart.
        let shift = (-3...4).contains(exponent) ? 0 : exponent
        let scale = pow(10, Double(-shift))
        let decimals = max(0, Int(-log10(step * scale).rounded(.down)))
        let first = Int((low / step).rounded(.up))
        let last = max(first, Int((high / step).rounded(.down)))
        ticks = (first...last).map {
            let value = Double($0) * step
            return Tick(value: value, label: FixedDecimal.text(value * scale, decimals: decimals))
        }
        factor = shift == 0 ? "" : " (×10\(Self.superscript(shift)))"
        lowest = low
        highest = high
    }

    /// Where a value is: 0 at the lower end, 1 at the upper.
    func share(of value: Double) -> Double { (value - lowest) / (highest - lowest) }

    private static func superscript(_ number: Int) -> String {
        let digits: [Character: Character] = [
            "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
            "9": "⁹",
        ]
        return String(String(number).map { digits[$0] ?? $0 })
    }
}
