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
        keep(range, of: values, from: start) { keys[$0].bitPattern }
    }

    /// Sets values to zero whose own magnitudes do not stand in a range.
    ///
    /// - Parameters:
    ///   - range: The places that are kept.
    ///   - values: What is set to zero.
    ///   - start: The place of the first one in its tensor.
    static func keep(
        _ range: Range<MagnitudePlace>, of values: UnsafeMutableBufferPointer<Float>, from start: Int
    ) {
        // A buffer of its own: a loop over two that are the same is not vectorised.
        keep(range, of: values, from: start) { values[$0].bitPattern }
    }

    /// The most values of a block: where none of them is as large as a bound, their places do not matter.
    private static let blockCount = 256

    @inline(__always)
    private static func keep(
        _ range: Range<MagnitudePlace>, of values: UnsafeMutableBufferPointer<Float>, from start: Int,
        by bits: (Int) -> UInt32
    ) {
        let (lower, upper) = (range.lowerBound.bits, range.upperBound.bits)
        for first in stride(from: 0, to: values.count, by: blockCount) {
            let block = first..<min(first + blockCount, values.count)
            var bounds: UInt32 = 0
            for index in block {
                let magnitude = bits(index) & 0x7FFF_FFFF
                bounds |= (magnitude == lower ? 1 : 0) | (magnitude == upper ? 1 : 0)
            }
            if bounds == 0 {
                for index in block {
                    let magnitude = bits(index) & 0x7FFF_FFFF
                    values[index] = magnitude > lower && magnitude < upper ? values[index] : 0
                }
                continue
            }
            for index in block {
                let magnitude = bits(index) & 0x7FFF_FFFF
                if magnitude > lower, magnitude < upper { continue }
                if !range.contains(MagnitudePlace(bits: magnitude, index: start + index)) { values[index] = 0 }
            }
        }
    }
}
