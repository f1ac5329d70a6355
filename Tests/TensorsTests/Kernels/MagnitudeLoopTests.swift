import CKernels
import Glibc
import TestSupport
import Testing

/// Counting and selecting by magnitude, in each form, against plain loops.
@Suite struct MagnitudeLoopTests {
    private static let lengths = [0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 63, 64, 65, 130, 1023, 1024, 1025, 5003]

    @Test(arguments: KernelForm.all)
    func upperBits(_ form: KernelForm) throws {
        try forEachLength { magnitudes, x, base, count in
            var counters = [UInt32](repeating: 0, count: CKERNELS_UPPER_BUCKETS * CKERNELS_COUNTERS)
            form.loops.count_upper_bits(x, base, count, &counters)
            #expect(counters.haveCounted(magnitudes.map { Int($0 >> 16) }), "\(count) elements")
        }
    }

    @Test(arguments: KernelForm.all)
    func lowerBits(_ form: KernelForm) throws {
        try forEachLength { magnitudes, x, base, count in
            // The bucket of some element, and one that is likely to be empty.
            for upper in [(magnitudes.last ?? 0) >> 16, 0x7FFF] as [UInt32] {
                var counters = [UInt32](repeating: 0, count: CKERNELS_LOWER_BUCKETS * CKERNELS_COUNTERS)
                form.loops.count_lower_bits(x, base, count, upper, &counters)
                let inside = magnitudes.filter { $0 >> 16 == upper }
                #expect(counters.haveCounted(inside.map { Int($0 & 0xFFFF) }), "\(count) elements")
            }
        }
    }

    @Test(arguments: KernelForm.all)
    func selection(_ form: KernelForm) throws {
        var random = SplitMix64(seed: 10)
        try forEachLength { magnitudes, x, base, count in
            let borders = [0, 1 << 31, magnitudes.last ?? 7, magnitudes.first ?? 9, UInt32(random.below(1 << 31))]
            let (one, other) = (random.pick(borders), random.pick(borders))
            let (low, high) = (min(one, other), max(one, other))
            let expected = magnitudes.filter { $0 >= low && $0 < high }
            let capacity = random.pick([0, expected.count / 2, expected.count, expected.count + 3])
            let inside = try GuardedMemory(count: capacity * 4)
            let counts = form.loops.select_magnitudes(
                x, base, count, low, high, inside.address.assumingMemoryBound(to: UInt32.self), capacity)
            #expect(counts.below == magnitudes.count { $0 < low })
            #expect(counts.inside == expected.count)
            #expect(counts.above == magnitudes.count { $0 >= high })
            #expect(inside.values(UInt32.self).prefix(expected.count) == expected.prefix(capacity))
            #expect(inside.surroundingsAreIntact)
        }
    }

    /// Tries vectors of each length, given as the expected magnitudes, and the addresses of the elements and the base.
    private func forEachLength(
        _ body: ([UInt32], UnsafeRawPointer, UnsafeRawPointer?, Int) throws -> Void
    ) throws {
        var random = SplitMix64(seed: 11)
        for count in Self.lengths {
            for kind in 0..<3 {
                // Any bits; moderate ones; a few values that occur often.
                let (x, base) =
                    switch kind {
                    case 0: (anyFloats(count, &random), anyFloats(count, &random))
                    case 1: (moderateFloats(count, &random), moderateFloats(count, &random))
                    default: ((0..<count).map { _ in Float(random.below(3)) }, [Float](repeating: 1, count: count))
                    }
                let memoryOfX = try GuardedMemory(x, slack: count % 8)
                let memoryOfBase = try GuardedMemory(base, slack: (count + 3) % 8)
                try body(x.map { $0.bitPattern & 0x7FFF_FFFF }, memoryOfX.address, nil, count)
                try body(
                    zip(x, base).map { ($0 - $1).bitPattern & 0x7FFF_FFFF }, memoryOfX.address, memoryOfBase.address,
                    count)
            }
        }
    }
}

extension [UInt32] {
    /// Whether these counters of buckets are what comes of counting elements in these buckets.
    fileprivate func haveCounted(_ buckets: [Int]) -> Bool {
        var rest = self
        for bucket in buckets {
            let own = bucket * CKERNELS_COUNTERS..<(bucket + 1) * CKERNELS_COUNTERS
            guard let counter = own.first(where: { rest[$0] > 0 }) else { return false }
            rest[counter] -= 1
        }
        let zeros = [UInt32](repeating: 0, count: count)
        return memcmp(rest, zeros, count * MemoryLayout<UInt32>.size) == 0
    }
}
