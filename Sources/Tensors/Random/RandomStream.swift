import CKernels

/// Random numbers that depend on a seed and on what they are for, not on who draws them.
///
/// Element i of a stream is a function of the stream and of i: any thread on any rank can make any range of elements,
/// and on every machine they have the same bits. Philox4x32-10 gives the blocks of four words behind them: its key is the
/// seed, the upper half of its counter is a hash of purpose and name, the lower half is the number of the block.
///
/// A stream is for one kind of draws. Uniform and normal numbers of the same stream come from the same blocks, and are not
/// independent of each other.
public struct RandomStream: Sendable, Hashable {
    /// Philox's key.
    let key: UInt64
    /// The upper half of Philox's counter.
    let stream: UInt64

    /// A stream for a purpose.
    ///
    /// - Parameters:
    ///   - seed: The seed of the job.
    ///   - purpose: What the numbers are for, such as `dare/drop`.
    ///   - name: What they belong to, such as a parameter's name.
    public init(seed: UInt64, purpose: String, name: String) {
        var hash = StableHash()
        hash.combine(purpose)
        // No text has this byte, so that "a", "bc" and "ab", "c" are different.
        hash.combine(0xFF as UInt8)
        hash.combine(name)
        key = seed
        stream = hash.value
    }

    /// A stream with known key and counter.
    init(key: UInt64, stream: UInt64) {
        self.key = key
        self.stream = stream
    }

    /// The four random words of a block.
    public func block(_ number: UInt64) -> SIMD4<UInt32> {
        Philox4x32.block(
            SIMD4(
                UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32),
                UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)),
            key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
    }

    /// 64 random bits: the first or the second two words of a block.
    func bits(at index: UInt64) -> UInt64 {
        let words = block(index / 2)
        let first = Int(index % 2) * 2
        return UInt64(words[first]) | UInt64(words[first + 1]) << 32
    }

    var kernelStream: ckernels_random_stream { ckernels_random_stream(key: key, stream: stream) }
}
