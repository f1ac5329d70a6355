import TestSupport
import Testing

@testable import Tensors

/// Finding the k-th magnitude in two passes, against sorting.
@Suite struct MagnitudeSelectionTests {
    @Test func everyRank() {
        var random = SplitMix64(seed: 13)
        let vectors: [[Float]] = [
            moderateFloats(257, &random),
            // Few values, many of them equal, as coarse types have.
            (0..<300).map { _ in Float(random.number(in: -3...3)) / 4 },
            [Float](repeating: 0, count: 50),
            anyFloats(500, &random),
            // Values that differ in the lower bits only.
            (0..<200).map { _ in Float(bitPattern: 0x3F80_0000 | UInt32(random.below(1 << 16))) },
        ]
        for vector in vectors {
            let sorted = vector.map { $0.bitPattern & 0x7FFF_FFFF }.sorted()
            for rank in [0, 1, vector.count / 3, vector.count / 2, vector.count - 1] {
                #expect(selected(UInt64(rank), from: [vector]) == sorted[rank])
            }
            #expect(selected(UInt64(vector.count), from: [vector]) == nil)
        }
    }

    @Test func overPartsAndDifferences() {
        var random = SplitMix64(seed: 14)
        let parts = [100, 0, 1, 333].map { moderateFloats($0, &random) }
        let bases = parts.map { moderateFloats($0.count, &random) }
        let sorted = zip(parts, bases).flatMap { zip($0, $1).map { ($0 - $1).bitPattern & 0x7FFF_FFFF } }.sorted()
        for rank in [0, 1, 200, 433] {
            #expect(selected(UInt64(rank), from: parts, minus: bases) == sorted[rank])
        }
    }

    @Test func histogramsAdd() throws {
        var random = SplitMix64(seed: 15)
        let (one, other) = (moderateFloats(70, &random), moderateFloats(80, &random))
        var sum = histogram(.upper, [one])
        sum.add(histogram(.upper, [other]))
        #expect(sum == histogram(.upper, [one, other]))
        #expect(sum.total == 150)
        #expect(MagnitudeHistogram(of: .upper, counts: sum.counts) == sum)
    }

    /// Counters that could run over are emptied before.
    @Test func manyElements() {
        var random = SplitMix64(seed: 16)
        let vector = moderateFloats(1000, &random)
        for limit in [300, 999, 1000, 1001] {
            var counter = MagnitudeCounter(of: .upper, pendingLimit: limit)
            vector.withUnsafeBufferPointer { counter.add($0) }
            #expect(counter.histogram == histogram(.upper, [vector]))
        }
    }

    @Test func ranges() {
        let x: [Float] = [0.5, -1, 2, -4, .nan]
        var inside = [UInt32](repeating: 0, count: 2)
        let range = MagnitudeRange(bits: Float(1).bitPattern..<Float(4).bitPattern)
        let counts = x.withUnsafeBufferPointer { x in
            inside.withUnsafeMutableBufferPointer { range.select(from: x, into: $0) }
        }
        #expect(counts.below == 1)
        #expect(counts.inside == 2)
        #expect(counts.above == 2)
        #expect(inside.map(Float.init(bitPattern:)) == [1, 2])
        let withoutRoom = x.withUnsafeBufferPointer {
            range.select(from: $0, minus: $0, into: UnsafeMutableBufferPointer(start: nil, count: 0))
        }
        #expect(withoutRoom.below == 4)
        #expect(withoutRoom.above == 1)
    }

    private func selected(_ rank: UInt64, from parts: [[Float]], minus bases: [[Float]]? = nil) -> UInt32? {
        guard let upper = histogram(.upper, parts, minus: bases).position(ofRank: rank),
            let lower = histogram(.lower(ofUpper: upper.bucket), parts, minus: bases).position(ofRank: upper.rank)
        else { return nil }
        return UInt32(upper.bucket) << 16 | UInt32(lower.bucket)
    }

    private func histogram(
        _ digit: MagnitudeHistogram.Digit, _ parts: [[Float]], minus bases: [[Float]]? = nil
    ) -> MagnitudeHistogram {
        var counter = MagnitudeCounter(of: digit)
        for (i, part) in parts.enumerated() {
            part.withUnsafeBufferPointer { x in
                if let bases {
                    bases[i].withUnsafeBufferPointer { counter.add(x, minus: $0) }
                } else {
                    counter.add(x)
                }
            }
        }
        return counter.histogram
    }
}
