/// A hash of bytes that is the same in every process, unlike `Hasher`'s: FNV-1a of 64 bits.
///
/// G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake: *The FNV non-cryptographic hash algorithm* (RFC 9923). It tells names
/// apart; it does not resist those who look for collisions.
package struct StableHash {
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    package mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte) }
    }

    /// Takes a number, its lowest byte first.
    package mutating func combine(_ number: Int32) {
        for shift in stride(from: 0, to: 32, by: 8) { combine(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// The value as 16 hexadecimal digits.
    package var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
