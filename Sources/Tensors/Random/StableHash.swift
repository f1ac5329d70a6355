/// A hash of bytes that is the same in every process, unlike `Hasher`'s: FNV-1a of 64 bits.
///
/// G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake: *The FNV non-cryptographic hash algorithm* (RFC 9923). It tells names
/// apart; it does not resist those who look for collisions.
struct StableHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte) }
    }
}
