/// Philox4x32-10: a bijection of 128 bits for each key of 64, whose values at 0, 1, 2 … pass as random numbers.
///
/// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
public enum Philox4x32 {
    /// The four words of a counter's block.
    public static func block(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var words = counter
        var key = key
        for _ in 0..<10 {
            let (high0, low0) = words[0].multipliedFullWidth(by: 0xD251_1F53)
            let (high1, low1) = words[2].multipliedFullWidth(by: 0xCD9E_8D57)
            words = SIMD4(high1 ^ words[1] ^ key[0], low1, high0 ^ words[3] ^ key[1], low0)
            key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return words
    }
}
