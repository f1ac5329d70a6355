import Fabric
import Tensors

// A sample says about where a magnitude lies; then one pass over everything finds it, or shows that the sample was wrong.
extension MagnitudeSelection {
    /// Of how many entries one is in the sample.
    private static let sampling = 64
    /// How far from the sample's magnitude the true one is looked for, in standard deviations of a random sample's
    /// rank.
    ///
    /// Entries that lie beside each other are alike, so that the sample is worth less than a random one.
    private static let deviations = 8.0
    /// The most entries of one model close to the magnitude that are expected in memory: 4 MiB.
    ///
    /// Twice as many have room.
    private static let keptCount = 1 << 20

    /// The magnitudes of a rank, by one pass over the models and a few over a sample of them.
    ///
    /// - Parameter rank: k, from 1 for the smallest.
    /// - Returns: Nil where this does not pay, or the sample misled.
    /// - Throws: An error of reading.
    func sampledMagnitudes(ofRank rank: Int) throws -> [UInt32]? {
        let count = pass.elementCount
        guard sparsifier == nil, count >= leastSampledCount else { return nil }
        let samplePass = pass.sampled(oneIn: Self.sampling)
        let sampleCount = samplePass.elementCount
        let share = Double(rank) / Double(count)
        let deviation = (share * (1 - share) * Double(sampleCount)).squareRoot()
        let margin = Int(Self.deviations * deviation) + Self.sampling
        guard 2 * margin * Self.sampling <= Self.keptCount else { return nil }
        let middle = Int(share * Double(sampleCount))
        let bounds = try countedMagnitudes(
            ofRanks: [max(1, middle - margin), min(sampleCount, max(1, middle + margin))], in: samplePass)
        // At the ends there is nothing beyond that a sample could have missed.
        let isFirst = middle <= margin
        let isLast = middle + margin >= sampleCount
        let ranges = zip(bounds[0], bounds[1]).map { low, high in
            MagnitudeRange(bits: (isFirst ? 0 : low)..<(isLast ? 1 << 31 : high + 1))
        }
        return try magnitudes(ofRank: rank, in: ranges)
    }

    /// The magnitudes of a rank, if they lie in these ranges, and not too many others beside them.
    func magnitudes(ofRank rank: Int, in ranges: [MagnitudeRange]) throws -> [UInt32]? {
        let name = "magnitudes"
        // Threads share the memory, and work in turns: none does much more than its part.
        let limit = 2 * Self.keptCount / pass.context.fabric.threadCount
        let parts = try pass.tally(name) {
            CloseMagnitudes(ranges, limit: limit)
        } count: { stretch, close in
            close.add(stretch)
        }
        // For each model, those below the range, those inside, and whether some of these were not kept.
        var counts = [Int64](repeating: 0, count: 3 * modelCount)
        for part in parts {
            for model in ranges.indices {
                counts[3 * model] += Int64(part.below[model])
                counts[3 * model + 1] += Int64(part.inside[model].count)
                counts[3 * model + 2] += part.isFull[model] ? 1 : 0
            }
        }
        try pass.context.fabric.allReduce(&counts, .sum, name)
        let ranks = ranges.indices.map { Int64(rank) - 1 - counts[3 * $0] }
        guard ranges.indices.allSatisfy({ 0 <= ranks[$0] && ranks[$0] < counts[3 * $0 + 1] && counts[3 * $0 + 2] == 0 })
        else { return nil }
        return try ranges.indices.map { model in
            let kept = parts.map { $0.inside[model] }
            let place = try histogram(of: kept, .upper).place(ofRank: UInt64(ranks[model]))
            return try place.bits(histogram(of: kept, .lower(ofUpper: place.bucket)))
        }
    }

    private func histogram(of kept: [[UInt32]], _ digit: MagnitudeHistogram.Digit) throws -> MagnitudeHistogram {
        var counter = MagnitudeCounter(of: digit)
        for bits in kept {
            bits.withUnsafeBufferPointer { $0.withMemoryRebound(to: Float.self) { counter.add($0) } }
        }
        return try .sum(of: [counter], digit, "close magnitudes", pass.context.fabric)
    }
}

/// What one thread has found of the magnitudes in a range, for each model.
private final class CloseMagnitudes {
    let ranges: [MagnitudeRange]
    /// The most magnitudes of a model that are kept.
    let limit: Int
    var below: [Int]
    /// The bits of those inside.
    var inside: [[UInt32]]
    /// Whether there were more than could be kept.
    var isFull: [Bool]

    init(_ ranges: [MagnitudeRange], limit: Int) {
        self.ranges = ranges
        self.limit = limit
        below = Array(repeating: 0, count: ranges.count)
        inside = Array(repeating: [], count: ranges.count)
        isFull = Array(repeating: false, count: ranges.count)
    }

    func add(_ stretch: Stretch) {
        stretch.buffer(0).withMemoryRebound(to: UInt32.self) { found in
            for (index, model) in stretch.models.enumerated() {
                let counts = ranges[index].select(from: model, minus: stretch.pretrained, into: found)
                below[index] += counts.below
                guard inside[index].count + counts.inside <= limit else {
                    isFull[index] = true
                    continue
                }
                inside[index].append(contentsOf: found[..<counts.inside])
            }
        }
    }
}
