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
        if keys.count != count {
            keys = [UInt64](repeating: 0, count: count)
            others = keys
        }
        keys.withUnsafeMutableBufferPointer { keys in
            for place in 0..<count { keys[place] = UInt64(value(place).magnitude.bitPattern) << 32 | UInt64(place) }
        }
        if count <= Self.shortCount { keys.sort() } else { sortDigits() }
        keys.withUnsafeBufferPointer { keys in
            for rank in 0..<count { body(rank, Int(keys[rank] & 0xFFFF_FFFF)) }
        }
    }

    /// Sorts by one digit after another, the lowest first; each time, keys of the same digit keep their order.
    private mutating func sortDigits() {
        keys.withUnsafeMutableBufferPointer { keys in
            others.withUnsafeMutableBufferPointer { others in
                starts.withUnsafeMutableBufferPointer { starts in
                    let digits = [32, 32 + Self.digitBits, 32 + 2 * Self.digitBits]
                    for (number, shift) in digits.enumerated() {
                        let (source, target) = number % 2 == 0 ? (keys, others) : (others, keys)
                        Self.sort(source, into: target, by: UInt64(shift), starts)
                    }
                }
            }
        }
        // Three digits: what is sorted lies in the other buffer.
        swap(&keys, &others)
    }

    private static func sort(
        _ source: UnsafeMutableBufferPointer<UInt64>, into target: UnsafeMutableBufferPointer<UInt64>,
        by shift: UInt64, _ starts: UnsafeMutableBufferPointer<Int>
    ) {
        let mask = UInt64(digitCount - 1)
        starts.update(repeating: 0)
        for key in source { starts[Int(key &>> shift & mask)] += 1 }
        var start = 0
        for digit in starts.indices { (starts[digit], start) = (start, start + starts[digit]) }
        for key in source {
            let digit = Int(key &>> shift & mask)
            target[starts[digit]] = key
            starts[digit] += 1
        }
    }
}
