import OrderedCollections
import Tensors
import Testing

@testable import FusionBench

@Suite("CART")
struct CenteredArithmeticTests {
    private static func fusion(_ ratio: Double, factor: Double = 1) -> CenteredLowRankSum {
        CenteredLowRankSum(scalingFactors: [factor], rankRatio: ratio)
    }

    @Test("With no direction or with all of them, what is left is the average", arguments: [0.0, 1.0])
    func average(_ ratio: Double) throws {
        let item = MatrixCase(7, 5, tasks: 3)
        let mean = item.sum.scaled(by: 1.0 / 3)
        #expect(try item.merged(Self.fusion(ratio, factor: 2)).deviation(from: mean) < 1e-12)
    }

    @Test("The difference from the average has the rank of all directions, and grows with λ")
    func rank() throws {
        let item = MatrixCase(12, 10, tasks: 3)
        let mean = item.sum.scaled(by: 1.0 / 3)
        let once = try item.merged(Self.fusion(0.2)) - mean
        #expect(try once.leadingSingularVectors().count == 6)
        let thrice = try item.merged(Self.fusion(0.2, factor: 3)) - mean
        #expect(thrice.deviation(from: once.scaled(by: 3)) < 1e-12)
        // Of a small share, one direction is kept all the same.
        #expect(try (item.merged(Self.fusion(0.01)) - mean).leadingSingularVectors().count == 3)
    }

    @Test("Of two models, both differ from the average by the same, and nothing is left to add")
    func twoModels() throws {
        let item = MatrixCase(6, 6, tasks: 2)
        #expect(try item.merged(Self.fusion(0.5)).deviation(from: item.sum.scaled(by: 0.5)) < 1e-12)
    }

    @Test("One model stays what it is; models that have changed nothing, too")
    func degenerate() throws {
        let one = MatrixCase(6, 4, tasks: 1)
        #expect(try one.merged(Self.fusion(0.5)).deviation(from: one.sum) < 1e-12)
        let zeros = MatrixCase(6, 4, vectors: Array(repeating: Array(repeating: 0, count: 24), count: 3))
        #expect(try zeros.merged(Self.fusion(0.5)).largestMagnitude == 0)
    }

    @Test("Embeddings are averaged, and so are excluded matrices")
    func averaged() throws {
        let pool = MergingFixtures.pool("clip", "base", "a", "b", "c")
        let merged = try MergingRun.fuse(
            "{_target_: fusion_bench.method.CARTMerging, rank_ratio: 0.4, exclude_keys: [encoder.layers.0.mlp.fc1.weight]}",
            pool, family: .clipVision)["merged"]
        let average = try MergingRun.fuse(
            "{_target_: fusion_bench.method.CARTMerging, rank_ratio: 0}", pool, family: .clipVision)["merged"]
        for (name, tensor) in try #require(merged) {
            let isMatrix = name.hasSuffix(".weight") && (name.contains("proj") || name.contains("fc"))
            let isAveraged = !isMatrix || name.hasSuffix("layers.0.mlp.fc1.weight")
            let difference = MergedTensor.error(tensor, expected: try #require(average?[name]))
            #expect(isAveraged ? difference < 1e-6 : difference > 1e-4, "\(name): \(difference)")
        }
    }

    @Test("A share that is none is refused")
    func problems() throws {
        let problems = try MergingRun.method("{_target_: fusion_bench.method.CARTMerging, rank_ratio: 1.2}").problems(
            with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        #expect(problems == ["CART needs a number from 0.0 to 1.0 as 'rank_ratio', not 1.2"])
    }
}
