/// Where an entry stands among those of its tensor, by magnitude; of equal magnitudes, the earlier entry is the smaller.
///
/// It makes "the k smallest" exact: no two entries are equal.
struct MagnitudePlace: Comparable, Sendable {
    /// The bits of the magnitude, which have the order of magnitudes.
    let bits: UInt32
    /// The place in the tensor, in row-major order.
    let index: Int

    /// Before all entries.
    static let first = MagnitudePlace(bits: 0, index: 0)
    /// Behind all entries.
    static let end = MagnitudePlace(bits: .max, index: .max)

    static func < (left: MagnitudePlace, right: MagnitudePlace) -> Bool {
        left.bits == right.bits ? left.index < right.index : left.bits < right.bits
    }

    /// Sets values to zero that do not stand in a range.
    ///
    /// - Parameters:
    ///   - range: The places that are kept.
    ///   - keys: The values whose magnitudes are compared.
    ///   - values: What is set to zero; as long as the keys.
    ///   - start: The place of the first one in its tensor.
    static func keep(
        _ range: Range<MagnitudePlace>, by keys: UnsafeBufferPointer<Float>,
        of values: UnsafeMutableBufferPointer<Float>, from start: Int
    ) {
        let (lower, upper) = (range.lowerBound, range.upperBound)
        for index in values.indices {
            let bits = keys[index].magnitude.bitPattern
            if bits > lower.bits, bits < upper.bits { continue }
            let place = MagnitudePlace(bits: bits, index: start + index)
            if !range.contains(place) { values[index] = 0 }
        }
    }
}
