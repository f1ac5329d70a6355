/// Byte strings that are numbered as they are added, and found again without a copy.
///
/// Strings of Swift would take different bytes for the same if they are canonically equivalent.
struct ByteStringTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each string ends in `bytes`.
    private var ends: [Int] = []
    /// For each slot of the hash table the number of its string, plus one; 0 if it is free.
    private var slots: [Int32] = Array(repeating: 0, count: 64)

    /// How many there are.
    var count: Int { ends.count }

    /// The bytes of a string by its number.
    subscript(number: Int) -> ArraySlice<UInt8> { bytes[start(number)..<ends[number]] }

    /// The number of a string.
    func number(of string: Span<UInt8>) -> Int? { find(string).number }

    /// Adds a string, unless it is there.
    ///
    /// - Returns: Its number, and whether it is new.
    mutating func insert(_ string: Span<UInt8>) -> (number: Int, isNew: Bool) {
        let found = find(string)
        if let number = found.number { return (number, false) }
        for index in string.indices { bytes.append(string[index]) }
        ends.append(bytes.count)
        slots[found.slot] = Int32(truncatingIfNeeded: count)
        if 2 * count > slots.count { grow() }
        return (count - 1, true)
    }

    private func start(_ number: Int) -> Int { number == 0 ? 0 : ends[number - 1] }

    /// The number of a string, and the slot where it is or would go.
    private func find(_ string: Span<UInt8>) -> (number: Int?, slot: Int) {
        var slot = Self.hash(string) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if isEqual(number, string) { return (number, slot) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return (nil, slot)
    }

    private func isEqual(_ number: Int, _ string: Span<UInt8>) -> Bool {
        let start = start(number)
        guard ends[number] - start == string.count else { return false }
        let stored = bytes.span
        for index in string.indices where stored[start + index] != string[index] { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: 2 * slots.count)
        for number in 0..<count {
            var slot = Self.hash(bytes.span.extracting(start(number)..<ends[number])) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(truncatingIfNeeded: number + 1)
        }
    }

    /// FNV-1a, with its high bits, which are the better ones, mixed into the low ones.
    private static func hash(_ string: Span<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in string.indices { hash = (hash ^ UInt64(string[index])) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
