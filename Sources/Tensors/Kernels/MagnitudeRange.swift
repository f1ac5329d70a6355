import CKernels

/// A range of magnitudes, to pick out those which a decision is about.
///
/// Where a guess is at hand of where a threshold lies, one pass decides: if the counts say that the threshold is inside,
/// those inside are few enough to be sorted.
public struct MagnitudeRange: Sendable, Hashable {
    /// How many magnitudes lie below, inside and above a range.
    public struct Counts: Sendable, Hashable {
        /// Less than the lower bound.
        public let below: Int
        /// From the lower bound on, and less than the upper one.
        public let inside: Int
        /// From the upper bound on.
        public let above: Int
    }

    /// The bits of the magnitudes inside: from the lower bound on, and less than the upper one.
    public let bits: Range<UInt32>

    /// Magnitudes by their bits, whose highest is 0.
    public init(bits: Range<UInt32>) {
        precondition(bits.upperBound <= 1 << 31, "Magnitudes have no sign")
        self.bits = bits
    }

    /// Counts |x[i] − base[i]|, the difference in `Float`, or |x[i]| without base, and copies those inside.
    ///
    /// - Parameters:
    ///   - x: The elements.
    ///   - base: What is subtracted from them.
    ///   - inside: Gets the bits of the magnitudes inside, in their order, as far as they fit. The counts say how many
    ///     there would have been.
    /// - Returns: The counts.
    public func select(
        from x: UnsafeBufferPointer<Float>, minus base: UnsafeBufferPointer<Float>? = nil,
        into inside: UnsafeMutableBufferPointer<UInt32>
    ) -> Counts {
        precondition(base.map { $0.count == x.count } ?? true, "Counts must be equal")
        let counts = Kernels.best.pointee.select_magnitudes(
            x.address, base?.address, x.count, bits.lowerBound, bits.upperBound, inside.baseAddress, inside.count)
        return Counts(below: counts.below, inside: counts.inside, above: counts.above)
    }
}
