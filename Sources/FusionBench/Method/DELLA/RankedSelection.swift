import Tensors

/// Sets entries of a row to zero whose numbers reach the threshold of their rank by magnitude, without sorting the row.
///
/// Counting the entries by the leading bits of their magnitudes gives a range of ranks for each entry, which decides nearly
/// all of them. The ranks of the others are counted one by one; a row in which there are many of these, because magnitudes
/// are alike, is sorted after all. Of equal magnitudes, the earlier entry has the lower rank.
struct RankedSelection {
    /// For each rank, from 0 for the smallest magnitude, the least number that drops an entry; from 0 on, rising or falling.
    let thresholds: UnsafeBufferPointer<Float>
    /// Memory of the calling thread.
    let memory: ScratchMemory

    /// Exponent and five bits of the mantissa choose the bucket of a magnitude; 16 powers of two have buckets of their own,
    /// all smaller magnitudes have the first one.
    private static let bucketShift: UInt32 = 18
    private static let bucketCount = 512
    /// Rows up to this length are ranked by comparing all entries with each other.
    private static let shortCount = 32
    /// The most entries of a row whose ranks are counted one by one.
    private static let countedLimit = 64

    /// Sets entries of a row to zero.
    ///
    /// - Parameters:
    ///   - row: The entries, as many as there are thresholds.
    ///   - numbers: One number from 0 on for each entry.
    func apply(to row: UnsafeMutableBufferPointer<Float>, _ numbers: UnsafeBufferPointer<Float>) {
        precondition(row.count == thresholds.count && row.count == numbers.count, "Counts must be equal")
        let magnitudes = memory.bytes(.sparsifier(3), count: row.count * 4).bindMemory(to: Int32.self)
        var largest: Int32 = 0
        for index in row.indices {
            let magnitude = Int32(bitPattern: row[index].bitPattern & 0x7FFF_FFFF)
            magnitudes[index] = magnitude
            largest = max(largest, magnitude)
        }
        guard row.count > Self.shortCount else {
            for index in row.indices { decide(index, row, numbers, UnsafeBufferPointer(magnitudes)) }
            return
        }
        applyToBuckets(row, numbers, UnsafeBufferPointer(magnitudes), largest)
    }

    private func applyToBuckets(
        _ row: UnsafeMutableBufferPointer<Float>, _ numbers: UnsafeBufferPointer<Float>,
        _ magnitudes: UnsafeBufferPointer<Int32>, _ largest: Int32
    ) {
        let first = (largest >> Int32(Self.bucketShift)) - Int32(Self.bucketCount - 1)
        let limits = limits(magnitudes, first)
        let undecided = memory.bytes(.sparsifier(4), count: row.count * 4).bindMemory(to: Int32.self)
        var undecidedCount = 0
        for index in row.indices {
            let limit = limits[Self.bucket(magnitudes[index], first)]
            let (number, value) = (Int32(bitPattern: numbers[index].bitPattern), row[index].bitPattern)
            // All ones or all zeros, as the bits of numbers from 0 on have their order: no branch to be mispredicted.
            let (isKept, isDropped) = ((number &- limit.kept) &>> 31, ~((number &- limit.dropped) &>> 31))
            // Written in any case, counted if undecided. Dropping 0 changes nothing.
            undecided[undecidedCount] = Int32(truncatingIfNeeded: index)
            undecidedCount &+= Int(~(isKept | isDropped) & (value == 0 ? 0 : 1))
            row[index] = Float(bitPattern: value & UInt32(bitPattern: ~isDropped))
        }
        guard undecidedCount > Self.countedLimit else {
            for index in undecided[..<undecidedCount] { decide(Int(index), row, numbers, magnitudes) }
            return
        }
        var ranks = MagnitudeRanks()
        ranks.forEach(row.count) {
            Float(bitPattern: UInt32(bitPattern: magnitudes[$0]))
        } _: { rank, index in
            if numbers[index] >= thresholds[rank] { row[index] = 0 }
        }
    }

    /// What decides the entries of a bucket, as bits.
    private struct Limits {
        /// Entries with numbers below it are kept.
        var kept: Int32
        /// Entries with numbers from here on are dropped.
        var dropped: Int32
    }

    private static func bucket(_ magnitude: Int32, _ first: Int32) -> Int {
        Int(max(0, (magnitude >> Int32(bucketShift)) &- first))
    }

    /// The limits of all buckets.
    private func limits(_ magnitudes: UnsafeBufferPointer<Int32>, _ first: Int32) -> UnsafeBufferPointer<Limits> {
        let counts = memory.bytes(.sparsifier(5), count: Self.bucketCount * 4).bindMemory(to: Int32.self)
        counts.update(repeating: 0)
        for magnitude in magnitudes { counts[Self.bucket(magnitude, first)] &+= 1 }
        let size = Self.bucketCount * MemoryLayout<Limits>.stride
        let limits = memory.bytes(.sparsifier(6), count: size).bindMemory(to: Limits.self)
        var rank = 0
        for bucket in counts.indices where counts[bucket] > 0 {
            let lowest = Int32(bitPattern: thresholds[rank].bitPattern)
            let highest = Int32(bitPattern: thresholds[rank + Int(counts[bucket]) - 1].bitPattern)
            limits[bucket] = Limits(kept: min(lowest, highest), dropped: max(lowest, highest))
            rank += Int(counts[bucket])
        }
        return UnsafeBufferPointer(limits)
    }

    /// Decides one entry by its rank, which is counted.
    private func decide(
        _ index: Int, _ row: UnsafeMutableBufferPointer<Float>, _ numbers: UnsafeBufferPointer<Float>,
        _ magnitudes: UnsafeBufferPointer<Int32>
    ) {
        let magnitude = magnitudes[index]
        // Of equal ones, the earlier has the lower rank. Signs of differences are counted, as comparisons would become
        // branches, and the loops would not be vectorised.
        var rank = Int32(truncatingIfNeeded: index)
        for other in 0..<index { rank &+= (magnitude &- magnitudes[other]) &>> 31 }
        for other in index..<magnitudes.count { rank &-= (magnitudes[other] &- magnitude) &>> 31 }
        if numbers[index] >= thresholds[Int(rank)] { row[index] = 0 }
    }
}
