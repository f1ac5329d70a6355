import Testing

@testable import FusionBench

@Suite("Methods that merge element by element, against the reference")
struct ElementwiseMethodTests {
    @Test(
        "The same tensors",
        arguments: MergingFixtures.cases(
            "simple_average", "weighted_average", "task_arithmetic", "magmax", "ties_merging", "slerp", "dummy"))
    func parity(_ item: MergingCase) throws { try MergingParity.check(item) }

    @Test(
        "The same bytes on any number of ranks and threads",
        arguments: [
            "_target_: fusion_bench.method.SimpleAverageAlgorithm",
            "{_target_: fusion_bench.method.TaskArithmeticAlgorithm, scaling_factor: 0.3}",
            "{_target_: fusion_bench.method.TiesMergingAlgorithm, scaling_factor: 0.3, threshold: 20}",
            "{_target_: fusion_bench.method.MagMaxAlgorithm, scaling_factor: 0.5}",
        ])
    func sameBytes(_ method: String) throws {
        let models = ["base", "a", "b", "c"].map {
            ($0 == "base" ? "_pretrained_" : $0, MergingFixtures.directory + "/models/clip/" + $0)
        }
        let first = try MergingRun.fuse(method, models, family: .clipVision)
        for (ranks, threads) in [(1, 2), (1, 4), (2, 1), (3, 2), (5, 1)] {
            let other = try MergingRun.fuse(method, models, family: .clipVision, ranks: ranks, threads: threads)
            #expect(other == first, "\(ranks) ranks of \(threads) threads")
        }
    }
}
