/// Which pixels make a new pixel along one axis, and with which weights.
///
/// Weights have 22 bits after the point: so many that products with bytes, and their sum, fit into 32 bits.
struct ResamplingWeights {
    /// The bits after the point.
    static let precision = 22

    /// For each new pixel, the first old one.
    private(set) var starts: [Int]
    /// For each new pixel, `taps` weights, of which the last ones may be 0.
    let weights: [Int32]
    /// The largest number of old pixels that any new one needs.
    let taps: Int
    /// Where the last old pixel ends that any new one needs.
    private let end: Int

    /// The weights of new pixels.
    ///
    /// - Parameters:
    ///   - filter: Any but `nearest`, which has no weights.
    ///   - oldCount: The pixels of the old axis.
    ///   - newCount: The pixels of the whole new axis.
    ///   - range: Those of them that are needed.
    init(_ filter: ResamplingFilter, from oldCount: Int, to newCount: Int, range: Range<Int>) {
        let scale = Double(oldCount) / Double(newCount)
        // The filter is stretched where the image shrinks, so that it sees all pixels.
        let stretch = max(scale, 1)
        let support = filter.support * stretch
        let inverse = 1 / stretch
        var starts: [Int] = []
        var rows: [[Int32]] = []
        var lastEnd = 0
        for pixel in range {
            let center = (Double(pixel) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let end = min(oldCount, Int(center + support + 0.5))
            let exact = (0..<max(0, end - first)).map { tap in
                filter.weight(at: (Double(tap + first) - center + 0.5) * inverse)
            }
            let sum = exact.reduce(0, +)
            rows.append(exact.map { Self.fixedPoint(sum == 0 ? $0 : $0 / sum) })
            starts.append(first)
            lastEnd = max(lastEnd, end)
        }
        taps = max(1, rows.map(\.count).max() ?? 1)
        self.starts = starts
        end = lastEnd
        weights = rows.flatMap { [taps] row in row + [Int32](repeating: 0, count: taps - row.count) }
    }

    private static func fixedPoint(_ weight: Double) -> Int32 {
        let scaled = weight * Double(1 << precision)
        // Away from zero at half, by truncation of what is half a unit larger.
        return Int32(weight < 0 ? -0.5 + scaled : 0.5 + scaled)
    }
}

extension ResamplingWeights {
    /// The old pixels that new ones are made of.
    var needed: Range<Int> {
        let first = starts.min() ?? 0
        return first..<max(first + 1, end)
    }

    /// The weights for an axis without the pixels before a first one.
    func shifted(by first: Int) -> ResamplingWeights {
        var shifted = self
        for index in starts.indices { shifted.starts[index] -= first }
        return shifted
    }

    /// The number of weights in a group of those that the loop along rows takes.
    static let groupSize = 16

    /// The weights as the loop along rows takes them: one for each byte, in groups of whole pixels.
    func grouped(channels: Int) -> (weights: [Int32], groups: Int) {
        let pixelsPerGroup = Self.groupSize / channels
        let groups = (taps + pixelsPerGroup - 1) / pixelsPerGroup
        var grouped = [Int32](repeating: 0, count: starts.count * groups * Self.groupSize)
        for pixel in starts.indices {
            for tap in 0..<taps {
                let (group, place) = tap.quotientAndRemainder(dividingBy: pixelsPerGroup)
                let start = (pixel * groups + group) * Self.groupSize + place * channels
                for channel in 0..<channels { grouped[start + channel] = weights[pixel * taps + tap] }
            }
        }
        return (grouped, groups)
    }
}
