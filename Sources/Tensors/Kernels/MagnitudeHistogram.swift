/// How often magnitudes fall into each bucket of a histogram over half of their bits.
///
/// The bits of |x| as an unsigned integer are in the order of |x|; NaN comes last. So the k-th smallest of any number of
/// magnitudes is found exactly in two passes and fixed memory, and over any number of ranks: the first pass counts by the
/// upper 16 bits; the second one counts, by the lower 16 bits, the magnitudes in that bucket which has the k-th.
///
/// ```swift
/// let upper = histogramOfUpperBits.position(ofRank: k)
/// let lower = histogramOfLowerBits.position(ofRank: upper.rank)
/// let threshold = Float(bitPattern: UInt32(upper.bucket) << 16 | UInt32(lower.bucket))
/// ```
public struct MagnitudeHistogram: Sendable, Hashable {
    /// Which bits of a magnitude choose its bucket.
    public enum Digit: Sendable, Hashable {
        /// Bits 16 to 31, of which the sign's is 0: 2¹⁵ buckets.
        case upper
        /// Bits 0 to 15 of those magnitudes whose upper bits are these: 2¹⁶ buckets.
        case lower(ofUpper: Int)

        var bucketCount: Int {
            switch self {
            case .upper: 1 << 15
            case .lower: 1 << 16
            }
        }
    }

    /// Where an element of a rank is.
    public struct Position: Sendable, Hashable {
        /// The bucket that has it.
        public let bucket: Int
        /// Its rank among those in the bucket.
        public let rank: UInt64
    }

    /// Which bits choose the bucket.
    public let digit: Digit
    /// The number of elements in each bucket.
    public private(set) var counts: [UInt64]

    /// A histogram with known counts, for example those of all ranks together.
    public init(of digit: Digit, counts: [UInt64]) {
        precondition(counts.count == digit.bucketCount, "Each bucket has a count")
        self.digit = digit
        self.counts = counts
    }

    /// The number of all elements.
    public var total: UInt64 { counts.reduce(0, +) }

    /// Adds what another histogram of the same bits counted.
    public mutating func add(_ other: MagnitudeHistogram) {
        precondition(digit == other.digit, "Histograms must count by the same bits")
        for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
    }

    /// Finds the element of a rank among all, in ascending order and counted from 0.
    ///
    /// - Returns: Nil if there are not so many elements.
    public func position(ofRank rank: UInt64) -> Position? {
        var rest = rank
        for (bucket, count) in counts.enumerated() {
            if rest < count { return Position(bucket: bucket, rank: rest) }
            rest -= count
        }
        return nil
    }
}
