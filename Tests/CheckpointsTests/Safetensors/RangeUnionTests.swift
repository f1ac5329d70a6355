import TestSupport
import Testing

@testable import Checkpoints

@Suite("Unions of ranges")
struct RangeUnionTests {
    @Test("Ranges that overlap or touch become one")
    func joins() {
        var union = RangeUnion()
        for range in [10..<12, 0..<2, 20..<30, 4..<4, 5..<6] { union.insert(range) }
        #expect(union.ranges == [0..<2, 5..<6, 10..<12, 20..<30])
        union.insert(2..<5)
        #expect(union.ranges == [0..<6, 10..<12, 20..<30])
        union.insert(11..<21)
        #expect(union.ranges == [0..<6, 10..<30])
        #expect(union.contains(0..<6) && union.contains(11..<30) && union.contains(7..<7))
        #expect(
            !union.contains(5..<7) && !union.contains(9..<11) && !union.contains(29..<31) && !union.contains(6..<10))
    }

    @Test("The same as a set of numbers, whatever is inserted in which order")
    func naive() {
        for seed in 0..<300 {
            var random = SplitMix64(seed: UInt64(seed))
            var union = RangeUnion()
            var numbers: Set<Int> = []
            for _ in 0..<random.below(40) {
                let lower = random.below(100)
                let range = lower..<lower + random.below(8)
                union.insert(range)
                numbers.formUnion(range)
                let wanted = random.below(100)..<100
                #expect(union.contains(wanted) == wanted.allSatisfy(numbers.contains))
                let short = lower + random.below(3)..<lower + 3
                #expect(union.contains(short) == short.allSatisfy(numbers.contains))
            }
            #expect(union.ranges.flatMap { $0 } == numbers.sorted())
            #expect(zip(union.ranges, union.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        }
    }
}
