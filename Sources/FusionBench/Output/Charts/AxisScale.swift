import Glibc

/// A range of numbers with round marks.
struct AxisScale: Sendable, Equatable {
    /// From the first mark to the last.
    let range: ClosedRange<Double>
    /// The distance between marks.
    let step: Double

    /// The smallest range with at most so many steps, each 1, 2 or 5 times a power of ten, that holds some numbers.
    ///
    /// - Parameters:
    ///   - values: The numbers; those that are not finite are left out. Without any, the range is that of 0 to 1.
    ///   - steps: How many steps there are at most.
    init(holding values: some Sequence<Double>, steps: Int = 5) {
        let finite = values.filter { $0.isFinite && abs($0) < 1e100 }
        let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
        let width = max(most - least, max(abs(most), abs(least)) * 1e-9, 1e-12)
        var power = pow(10, (log10(width / Double(steps))).rounded(.down))
        while true {
            for factor in [1.0, 2, 5] {
                let step = factor * power
                let (start, end) = ((least / step).rounded(.down), (most / step).rounded(.up))
                let last = max(end, start + 1)
                if last - start <= Double(steps) {
                    self.step = step
                    range = (start * step)...(last * step)
                    return
                }
            }
            power *= 10
        }
    }

    /// The marks, the ends of the range among them.
    var marks: [Double] {
        let count = Int(((range.upperBound - range.lowerBound) / step).rounded())
        return (0...count).map { range.lowerBound + Double($0) * step }
    }

    /// Where a number lies: 0 at the start of the range, 1 at its end.
    func share(_ value: Double) -> Double { (value - range.lowerBound) / (range.upperBound - range.lowerBound) }

    /// A mark with as many decimals as the step needs.
    func text(_ mark: Double) -> String {
        let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
        return decimals > 8 || abs(mark) >= 1e7
            ? "\(mark)" : FixedDecimal.text(mark, decimals: decimals)
    }
}
