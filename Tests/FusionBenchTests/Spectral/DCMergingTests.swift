import Tensors
import Testing

@testable import FusionBench

@Suite("DC-Merge")
struct DCMergingTests {
    private static func fusion(
        _ smoothing: DirectionalConsistencyFusion.Smoothing = .none, rank: Int? = nil, density: Double = 1,
        rho: Double = 5
    ) -> DirectionalConsistencyFusion {
        DirectionalConsistencyFusion(smoothing: smoothing, rho: rho, rankPerTask: rank, density: density)
    }

    @Test("Tasks of orthogonal directions keep all of theirs")
    func orthogonal() throws {
        // Each task has changed two rows and two columns of its own.
        func task(_ first: Int) -> [Float] {
            var values = [Float](repeating: 0, count: 36)
            for (row, column, value) in [(0, 0, Float(3)), (0, 1, 1), (1, 0, -1), (1, 1, 2)] {
                values[(first + row) * 6 + first + column] = value
            }
            return values
        }
        let item = MatrixCase(6, 6, vectors: [task(0), task(2), task(4)])
        #expect(try item.merged(Self.fusion()).deviation(from: item.sum) < 1e-10)
    }

    @Test("One task keeps its matrix, and in the main directions its sum of singular values")
    func oneTask() throws {
        let item = MatrixCase(7, 5, tasks: 1)
        #expect(try item.merged(Self.fusion()).deviation(from: item.sum) < 1e-10)
        let values = try item.sum.leadingSingularVectors().values
        let flat = try item.merged(Self.fusion(.average)).leadingSingularVectors().values
        #expect(flat.allSatisfy { abs($0 - values.reduce(0, +) / 5) < 1e-10 })
        let low = try item.merged(Self.fusion(rank: 2))
        #expect(try low.leadingSingularVectors().count == 2)
        #expect(try low.deviation(from: item.sum.leadingSingularVectors(2).product) < 1e-10)
    }

    @Test("Smoothing keeps the sum, and the first value is at most ρ times the last")
    func smoothing() {
        let values = [8.0, 4, 2, 1]
        #expect(Self.fusion().smoothed(values) == values)
        #expect(Self.fusion(.average).smoothed(values) == [3.75, 3.75, 3.75, 3.75])
        let linear = Self.fusion(.linear, rho: 4).smoothed(values)
        #expect(abs(linear[0] / linear[3] - 4) < 1e-12 && abs(linear.reduce(0, +) - 15) < 1e-12)
        #expect(abs(linear[0] - linear[1] - (linear[1] - linear[2])) < 1e-12)
        // They already lie nearer than that.
        let near = Self.fusion(.linear, rho: 100).smoothed(values)
        #expect(abs(near[0] / near[3] - 8) < 1e-12)
        #expect(Self.fusion(.linear).smoothed([2]) == [2] && Self.fusion(.linear).smoothed([]) == [])
    }

    @Test("The largest entries are kept, and those that equal the least of them")
    func largest() {
        #expect(DirectionalConsistencyFusion.keepingLargest(2, [1, -3, 2, -2]) == [0, -3, 2, -2])
        #expect(DirectionalConsistencyFusion.keepingLargest(9, [1, -3]) == [1, -3])
        #expect(DirectionalConsistencyFusion.keepingLargest(1, [0, 0]) == [0, 0])
        let random = MatrixCase(1, 500, tasks: 1).vectors[0].map { Double(($0 * 100).rounded()) }
        for count in [1, 17, 250, 499] {
            let least = random.map(abs).sorted(by: >)[count - 1]
            let kept = DirectionalConsistencyFusion.keepingLargest(count, random)
            #expect(kept == random.map { abs($0) >= least ? $0 : 0 })
        }
    }

    @Test("In blocks, entries of the sum's sign are averaged")
    func elected() {
        let tasks: [[Double]] = [[1, 9, 9, 2], [3, 9, 9, -2], [-1, 9, 9, 0]]
        #expect(DirectionalConsistencyFusion.merged(tasks, blocks: [0..<1, 1..<2], size: 2) == [2, 0, 0, 0])
        #expect(DirectionalConsistencyFusion.merged(tasks, blocks: [0..<2], size: 2) == [2, 9, 9, 0])
    }

    @Test("Tasks that have changed nothing or the same, more tasks than directions, and vectors have a result")
    func degenerate() throws {
        let zero = [Float](repeating: 0, count: 20)
        #expect(try MatrixCase(5, 4, vectors: [zero, zero]).merged(Self.fusion()).largestMagnitude == 0)
        let one = MatrixCase(5, 4, tasks: 1)
        let silent = try MatrixCase(5, 4, vectors: [one.vectors[0], zero]).merged(Self.fusion())
        #expect(try silent.deviation(from: one.sum.leadingSingularVectors(2).product) < 1e-10)
        let same = try MatrixCase(5, 4, vectors: [one.vectors[0], one.vectors[0]]).merged(Self.fusion())
        #expect(same.largestMagnitude.isFinite && same.largestMagnitude > 0)
        #expect(try MatrixCase(2, 3, tasks: 4).merged(Self.fusion()).largestMagnitude == 0)
        #expect(
            try MatrixCase(1, 3, tasks: 1).merged(Self.fusion()).deviation(from: MatrixCase(1, 3, tasks: 1).sum) < 1e-10
        )
    }

    @Test("Numbers out of range are refused")
    func problems() throws {
        let problems = try MergingRun.method(
            "{_target_: fusion_bench.method.DCMerging, density: 2, rho: 0.5, rank_per_task: 0}"
        ).problems(with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        #expect(
            problems == [
                "DC-Merge needs a number from 0.0 to 1.0 as 'density', not 2.0",
                "DC-Merge needs a number of at least 1.0 as 'rho', not 0.5",
                "DC-Merge needs a number of at least 1.0 as 'rank_per_task', not 0.0",
            ])
    }
}
