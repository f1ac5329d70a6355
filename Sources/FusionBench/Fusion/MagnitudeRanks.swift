/// Sorts the entries of one row by magnitude; of equal ones, the earlier entry comes first.
///
/// A radix sort over three groups of 11 and 10 bits: rows of weights are long.
struct MagnitudeRanks {
    private static let digitBits = 11
    private static let digitCount = 1 << digitBits
    /// Rows up to this length are sorted by comparison.
    private static let shortCount = 256

    private var keys: [UInt64] = []
    private var others: [UInt64] = []
    private var starts = [Int](repeating: 0, count: digitCount)

    /// Calls a closure for each entry, from the smallest magnitude to the largest.
    ///
    /// - Parameters:
    ///   - count: The length of the row; below 2³².
    ///   - value: The entry at a place.
    ///   - body: Gets the rank, from 0, and the place of the entry.
    mutating func forEach(_ count: Int, _ value: (Int) -> Float, _ body: (_ rank: Int, _ place: Int) -> Void) {
        keys.removeAll(keepingCapacity: true)
        for place in 0..<count { keys.append(UInt64(value(place).magnitude.bitPattern) << 32 | UInt64(place)) }
        if count <= Self.shortCount {
            keys.sort()
        } else {
            for shift in [32, 32 + Self.digitBits, 32 + 2 * Self.digitBits] { sortDigit(UInt64(shift)) }
        }
        for (rank, key) in keys.enumerated() { body(rank, Int(key & 0xFFFF_FFFF)) }
    }

    /// Sorts by one digit, and keeps the order of those where it is equal.
    private mutating func sortDigit(_ shift: UInt64) {
        let mask = UInt64(Self.digitCount - 1)
        starts.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        for key in keys { starts[Int(key >> shift & mask)] += 1 }
        var start = 0
        for digit in starts.indices { (starts[digit], start) = (start, start + starts[digit]) }
        if others.count != keys.count { others = [UInt64](repeating: 0, count: keys.count) }
        for key in keys {
            let digit = Int(key >> shift & mask)
            others[starts[digit]] = key
            starts[digit] += 1
        }
        swap(&keys, &others)
    }
}
