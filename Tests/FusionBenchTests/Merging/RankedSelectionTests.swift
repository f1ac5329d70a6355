import Tensors
import Testing

@testable import FusionBench

@Suite("Dropping by rank")
struct RankedSelectionTests {
    /// What the magnitudes of a row are like.
    enum Row: CaseIterable {
        case different
        /// Few magnitudes, many zeros of both signs.
        case alike
        /// From the smallest to the largest that there are, and what is no number.
        case extreme
        case zero
    }

    @Test("The same entries as by sorting", arguments: Row.allCases, [1, 2, 3, 32, 33, 768, 5000])
    func sameAsSorting(_ kind: Row, _ count: Int) {
        let values = Self.values(kind, count)
        let numbers = Self.uniform("numbers", count)
        for (density, epsilon) in [(0.5, 0.15), (0.3, -0.25), (0.9, 0.05), (0.0, 0.1), (0.5, 0.0)] {
            let probabilities = RankedDrop.Probabilities(density: density, epsilon: epsilon)
            var expected = values
            let order = values.indices.sorted { (values[$0].magnitudeBits, $0) < (values[$1].magnitudeBits, $1) }
            for (rank, index) in order.enumerated()
            where Double(numbers[index]) >= probabilities.probability(rank: rank, of: count) {
                expected[index] = 0
            }
            var thresholds = [Float](repeating: 0, count: count)
            thresholds.withUnsafeMutableBufferPointer { probabilities.fill($0) }
            var found = values
            thresholds.withUnsafeBufferPointer { thresholds in
                let selection = RankedSelection(thresholds: thresholds, memory: ScratchMemory())
                numbers.withUnsafeBufferPointer { numbers in
                    found.withUnsafeMutableBufferPointer { selection.apply(to: $0, numbers) }
                }
            }
            #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "\(density), \(epsilon)")
        }
    }

    private static func uniform(_ purpose: String, _ count: Int) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        values.withUnsafeMutableBufferPointer {
            RandomStream(seed: 3, purpose: purpose, name: "row").fillUniform($0)
        }
        return values
    }

    private static func values(_ kind: Row, _ count: Int) -> [Float] {
        let values = uniform("values", count).map { $0 - 0.5 }
        switch kind {
        case .different: return values
        case .alike: return values.map { ($0 * 12).rounded(.towardZero) * ($0 > 0.2 ? -1 : 0.25) }
        case .zero: return values.map { $0 > 0 ? 0 : -0.0 }
        case .extreme:
            let bits: [UInt32] = [0, 1, 0x8000_0001, 0x7F7F_FFFF, 0x7F80_0000, 0xFFFF_FFFF, 0x7FC0_0000, 0x0080_0000]
            return values.indices.map { $0 % 3 == 0 ? Float(bitPattern: bits[$0 / 3 % bits.count]) : values[$0] }
        }
    }
}

extension Float {
    fileprivate var magnitudeBits: UInt32 { bitPattern & 0x7FFF_FFFF }
}
