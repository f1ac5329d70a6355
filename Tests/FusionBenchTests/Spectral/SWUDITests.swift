import Tensors
import Testing

@testable import FusionBench

@Suite("SWUDI")
struct SWUDITests {
    private static func filter(
        _ damping: SpectralInterferenceFilter.Damping, _ rank: SpectrumRank = .share(1),
        _ start: SpectralInterferenceFilter.Start = .sum
    ) -> SpectralInterferenceFilter { SpectralInterferenceFilter(start: start, damping: damping, rank: rank) }

    /// The gradient of the interference at a place, divided by 2: m·C − D.
    private static func gradient(_ item: MatrixCase, at place: Tensor) -> Tensor {
        var gradient = Tensor.zeros([item.rows, item.columns], dtype: .float64)
        for task in item.vectors.indices {
            let vector = item.tensor(task)
            let inner = (place - vector).matrixProduct(vector.gramMatrix(of: .columns))
            gradient.accumulate(inner, weight: 1 / (vector * vector).sum().number)
        }
        return gradient
    }

    @Test("Without damping the interference has no gradient any more", arguments: [(9, 6), (6, 9), (4, 20), (1, 5)])
    func minimum(_ rows: Int, _ columns: Int) throws {
        let item = MatrixCase(rows, columns, tasks: 3)
        let before = Self.gradient(item, at: item.sum).largestMagnitude
        let merged = try item.merged(Self.filter(.none))
        #expect(Self.gradient(item, at: merged).largestMagnitude < 1e-9 * before)
    }

    @Test("Damped, it is where the gradient flow is at that time")
    func flow() throws {
        let item = MatrixCase(8, 6, tasks: 3)
        let (time, count) = (2.0, 4000)
        let step = time / Double(count)
        var place = item.sum
        // The classical method of Runge and Kutta, whose error is of fourth order.
        for _ in 0..<count {
            let first = Self.gradient(item, at: place)
            let second = Self.gradient(item, at: place - first.scaled(by: step / 2))
            let third = Self.gradient(item, at: place - second.scaled(by: step / 2))
            let fourth = Self.gradient(item, at: place - third.scaled(by: step))
            let slope = first + second.scaled(by: 2) + third.scaled(by: 2) + fourth
            place.accumulate(slope, weight: -step / 6)
        }
        let merged = try item.merged(Self.filter(.exponential(time: time)))
        #expect(merged.deviation(from: place) < 1e-9)
        #expect(merged.deviation(from: item.sum) > 1e-3)
    }

    @Test("Descent, continued for long, comes to the same place")
    func descent() throws {
        let item = MatrixCase(6, 5, tasks: 2)
        var place = item.sum
        for _ in 0..<20_000 { place.accumulate(Self.gradient(item, at: place), weight: -1) }
        #expect(try item.merged(Self.filter(.none)).deviation(from: place) < 1e-6)
    }

    @Test("At the time 0 nothing moves, and late everything has arrived")
    func times() throws {
        let item = MatrixCase(7, 5, tasks: 3)
        #expect(try item.merged(Self.filter(.exponential(time: 0))).deviation(from: item.sum) == 0)
        let late = try item.merged(Self.filter(.exponential(time: 1e9)))
        #expect(try late.deviation(from: item.merged(Self.filter(.none))) < 1e-9)
    }

    @Test("What is not among the used directions stays as it was at the start")
    func truncation() throws {
        let item = MatrixCase(9, 8, tasks: 3)
        let merged = try item.merged(Self.filter(.none, .share(0.25)))
        let curvature = item.vectors.indices.reduce(Tensor.zeros([8, 8], dtype: .float64)) { sum, task in
            let vector = item.tensor(task)
            return sum + vector.gramMatrix(of: .columns).scaled(by: 1 / (vector * vector).sum().number)
        }
        let directions = try curvature.leadingEigenvectors().rows
        let moved = (merged - item.sum).matrixProduct(directions, transposesOther: true)
        #expect(moved.slice(along: 1, 2..<8).largestMagnitude < 1e-12)
        #expect(moved.slice(along: 1, 0..<2).largestMagnitude > 1e-3)
    }

    @Test("One task keeps its vector, and one without changes takes no part")
    func degenerate() throws {
        let one = MatrixCase(6, 4, tasks: 1)
        #expect(try one.merged(Self.filter(.none)).deviation(from: one.sum) < 1e-10)
        let zero = [Float](repeating: 0, count: 24)
        let silent = MatrixCase(6, 4, vectors: [zero] + one.vectors)
        #expect(try silent.merged(Self.filter(.none)).deviation(from: one.sum) < 1e-10)
        #expect(try MatrixCase(6, 4, vectors: [zero, zero]).merged(Self.filter(.none)).largestMagnitude == 0)
        // Both tasks have changed one direction only.
        let ramp = (0..<24).map { Float($0 / 4) * Float($0 % 4) }
        let low = MatrixCase(6, 4, vectors: [ramp, ramp.map { $0 * 0.5 }])
        let merged = try low.merged(Self.filter(.none, .rule(.none, scale: 1)))
        #expect(Self.gradient(low, at: merged).largestMagnitude < 1e-6)
    }

    @Test("Rules count what the spectrum has")
    func rules() {
        func counts(_ values: [Double]) -> [Int] {
            SpectrumRank.Rule.allCases.map { SpectrumRank.rule($0, scale: 1).count(values) }
        }
        // none, stable rank, entropy, participation and its root.
        #expect(counts([1]) == [1, 1, 1, 1, 1])
        #expect(counts([2, 1e-8, 1e-8, 1e-8]) == [4, 1, 2, 2, 2])
        #expect(counts([5, 1, 1, 1, 1]) == [5, 2, 4, 3, 5])
        #expect(SpectrumRank.rule(.none, scale: 0.5).count([1, 1, 1, 1, 1]) == 2)
        #expect(SpectrumRank.rule(.none, scale: 0).count([1, 1]) == 1)
        #expect(SpectrumRank.share(0.65).count(Array(repeating: 1, count: 768)) == 500)
        #expect(SpectrumRank.share(0).count([1, 1]) == 1)
    }

    @Test("Numbers out of range are refused")
    func problems() throws {
        func problems(_ method: String) throws -> [String] {
            try MergingRun.method("{_target_: fusion_bench.method.\(method)}").problems(
                with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        }
        #expect(
            try problems("SWUDIMerging, exp_time: -1, truncate_rank_ratio: 2") == [
                "SWUDI needs a number of at least 0.0 as 'exp_time', not -1.0",
                "SWUDI needs a number from 0.0 to 1.0 as 'truncate_rank_ratio', not 2.0",
            ])
        #expect(
            try problems("AdaptiveSWUDIMerging, rank_scale: -0.5") == [
                "SWUDI-A needs a number of at least 0.0 as 'rank_scale', not -0.5"
            ])
    }
}
