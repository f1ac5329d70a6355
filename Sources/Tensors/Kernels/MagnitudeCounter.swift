import CKernels

/// Counts magnitudes for a histogram.
///
/// Counting is not thread-safe: each thread has a counter of its own, and their histograms are added. They are integers,
/// so that it does not matter in which order.
public struct MagnitudeCounter: Sendable {
    /// Which bits of a magnitude choose its bucket.
    public let digit: MagnitudeHistogram.Digit

    /// Four for each bucket, which take turns: an element that falls into the same bucket as the one before need not wait
    /// for it.
    private var counters: [UInt32]
    /// What had been counted when the counters were last emptied.
    private var counts: [UInt64]
    /// Elements since then; no single counter can have counted more.
    private var pending = 0
    /// As many as one counter can count.
    private let pendingLimit: Int

    /// A counter that has counted nothing.
    public init(of digit: MagnitudeHistogram.Digit) {
        self.init(of: digit, pendingLimit: Int(UInt32.max))
    }

    init(of digit: MagnitudeHistogram.Digit, pendingLimit: Int) {
        if case .lower(let upper) = digit {
            precondition(upper >= 0 && upper < 1 << 15, "Upper bits are between 0 and 2¹⁵ − 1")
        }
        self.digit = digit
        self.pendingLimit = pendingLimit
        counters = Array(repeating: 0, count: digit.bucketCount * CKERNELS_COUNTERS)
        counts = Array(repeating: 0, count: digit.bucketCount)
    }

    /// Counts |x[i] − base[i]|, the difference in `Float`; without base |x[i]|.
    public mutating func add(_ x: UnsafeBufferPointer<Float>, minus base: UnsafeBufferPointer<Float>? = nil) {
        precondition(base.map { $0.count == x.count } ?? true, "Counts must be equal")
        var start = 0
        while start < x.count {
            let length = min(x.count - start, pendingLimit - pending)
            count(x.address + start, base.map { $0.address + start }, length)
            pending += length
            start += length
            if pending == pendingLimit { emptyCounters() }
        }
    }

    private mutating func count(_ x: UnsafePointer<Float>, _ base: UnsafePointer<Float>?, _ length: Int) {
        counters.withUnsafeMutableBufferPointer { counters in
            switch digit {
            case .upper: Kernels.best.pointee.count_upper_bits(x, base, length, counters.address)
            case .lower(let upper):
                Kernels.best.pointee.count_lower_bits(x, base, length, UInt32(upper), counters.address)
            }
        }
    }

    private mutating func emptyCounters() {
        addCounters(to: &counts)
        for i in counters.indices { counters[i] = 0 }
        pending = 0
    }

    private func addCounters(to counts: inout [UInt64]) {
        // Through pointers, so that the loop is vectorised.
        counters.withUnsafeBufferPointer { counters in
            counts.withUnsafeMutableBufferPointer { counts in
                for bucket in counts.indices {
                    var sum: UInt64 = 0
                    for turn in 0..<Int(CKERNELS_COUNTERS) {
                        sum &+= UInt64(counters[bucket &* Int(CKERNELS_COUNTERS) &+ turn])
                    }
                    counts[bucket] &+= sum
                }
            }
        }
    }

    /// What has been counted so far.
    public var histogram: MagnitudeHistogram {
        var counts = counts
        addCounters(to: &counts)
        return MagnitudeHistogram(of: digit, counts: counts)
    }
}
