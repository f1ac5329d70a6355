import Fabric
import Glibc
import Tensors

/// How often entries of a task vector lie where, in bins of equal width.
struct EntryHistogram: Equatable {
    /// The least value.
    let lowest: Double
    /// The greatest value.
    let highest: Double
    /// The number of values in each bin.
    private(set) var counts: [Int64]

    /// Enough that a bin is no wider than a line of a drawing, even if few values lie far out.
    private static let binCount = 1 << 15

    private init(lowest: Double, highest: Double) {
        self.lowest = lowest
        self.highest = highest
        counts = Array(repeating: 0, count: Self.binCount)
    }

    /// Counts values.
    init(_ values: [Float]) {
        self.init(lowest: Double(values.min() ?? 0), highest: Double(values.max() ?? 0))
        for value in values { counts[bin(of: value)] += 1 }
    }

    /// Counts all entries of the task vectors, and all magnitudes of these.
    ///
    /// - Throws: An error of reading.
    static func ofAllEntries(
        _ models: AlignedModels, in context: FusionContext
    ) throws -> [(entries: EntryHistogram, magnitudes: EntryHistogram)] {
        let pass = models.pass(.elements, in: context)
        let count = models.models.count
        let extremes = try pass.tally("extremes", make: { Extremes(count: count) }) { stretch, extremes in
            eachEntry(of: stretch) { extremes.include($1, $0) }
        }
        var lowest = (0..<count).map { model in extremes.map { $0.lowest[model] }.min() ?? 0 }
        var highest = (0..<count).map { model in extremes.map { $0.highest[model] }.max() ?? 0 }
        try context.fabric.allReduce(&lowest, .min, "least entries")
        try context.fabric.allReduce(&highest, .max, "greatest entries")
        let empty = zip(lowest, highest).map { low, high in
            let (low, high) = low > high ? (0, 0) : (Double(low), Double(high))
            return (EntryHistogram(lowest: low, highest: high), EntryHistogram(lowest: 0, highest: max(-low, high)))
        }
        let counters = try pass.tally("distributions", make: { Counter(empty) }) { stretch, counter in
            eachEntry(of: stretch) { counter.count($1, $0) }
        }
        return try empty.indices.map { model in
            var (entries, magnitudes) = empty[model]
            for counter in counters {
                entries.add(counter.histograms[model].0)
                magnitudes.add(counter.histograms[model].1)
            }
            try context.fabric.allReduce(&entries.counts, .sum, "distribution of entries")
            try context.fabric.allReduce(&magnitudes.counts, .sum, "distribution of magnitudes")
            return (entries, magnitudes)
        }
    }

    private static func eachEntry(of stretch: Stretch, _ body: (Int, Float) -> Void) {
        guard let base = stretch.pretrained else { return }
        for (model, values) in stretch.models.enumerated() {
            for index in values.indices { body(model, values[index] - base[index]) }
        }
    }

    /// The width of a bin.
    private var binWidth: Double { (highest - lowest) / Double(Self.binCount) }

    private func bin(of value: Float) -> Int {
        guard highest > lowest else { return 0 }
        let position = (Double(value) - lowest) / binWidth
        return position.isFinite ? min(max(Int(position), 0), Self.binCount - 1) : 0
    }

    private mutating func add(_ other: EntryHistogram) {
        for (bin, count) in other.counts.enumerated() { counts[bin] += count }
    }

    fileprivate mutating func count(_ value: Float) { counts[bin(of: value)] += 1 }

    /// The number of values.
    var total: Int64 { counts.reduce(0, +) }

    /// The value below which a share of all values lies, to the width of a bin.
    func quantile(_ share: Double) -> Double {
        let wanted = share * Double(total)
        var below: Int64 = 0
        for (bin, count) in counts.enumerated() where count > 0 {
            if Double(below + count) >= wanted {
                let inside = (wanted - Double(below)) / Double(count)
                return lowest + binWidth * (Double(bin) + inside)
            }
            below += count
        }
        return highest
    }

    /// Scott's bandwidth for a normal kernel: σ·n^(−1/5).
    ///
    /// Scott: "Multivariate density estimation" (1992).
    var bandwidth: Double {
        let total = Double(total)
        guard total > 1 else { return 0 }
        let values = counts.indices.filter { counts[$0] > 0 }.map { (center($0), Double(counts[$0])) }
        let mean = values.reduce(0) { $0 + $1.0 * $1.1 } / total
        let variance = values.reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 } / (total - 1)
        return variance.squareRoot() * pow(total, -0.2)
    }

    private func center(_ bin: Int) -> Double { lowest + binWidth * (Double(bin) + 0.5) }

    /// The density at some values, up to a factor: a sum of normal kernels.
    ///
    /// - Parameters:
    ///   - points: Where.
    ///   - bandwidth: The standard deviation of a kernel.
    /// - Returns: The density, 1 at its greatest.
    func density(at points: [Double], bandwidth: Double) -> [Double] {
        // Wider bins lose nothing that a kernel does not smooth away.
        let values = counts.indices.filter { counts[$0] > 0 }.map { (center($0), Double(counts[$0])) }
        let densities = points.map { point in
            values.reduce(0.0) { sum, value in
                let distance = (point - value.0) / bandwidth
                return abs(distance) > 6 ? sum : sum + value.1 * exp(-distance * distance / 2)
            }
        }
        let greatest = densities.max() ?? 0
        return greatest > 0 ? densities.map { $0 / greatest } : densities
    }
}

/// The extremes that one thread has seen.
private final class Extremes {
    private(set) var lowest: [Float]
    private(set) var highest: [Float]

    init(count: Int) {
        lowest = Array(repeating: .infinity, count: count)
        highest = Array(repeating: -.infinity, count: count)
    }

    func include(_ value: Float, _ model: Int) {
        lowest[model] = min(lowest[model], value)
        highest[model] = max(highest[model], value)
    }
}

/// What one thread has counted.
private final class Counter {
    private(set) var histograms: [(EntryHistogram, EntryHistogram)]

    init(_ empty: [(EntryHistogram, EntryHistogram)]) {
        histograms = empty
    }

    func count(_ value: Float, _ model: Int) {
        histograms[model].0.count(value)
        histograms[model].1.count(abs(value))
    }
}
