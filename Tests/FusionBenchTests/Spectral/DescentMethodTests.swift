import Testing

@testable import FusionBench

@Suite("WUDI merging and DOGE")
struct DescentMethodTests {
    /// Hundreds of steps of Adam in binary32, beside the same in binary64.
    private static let tolerance = 1e-5

    @Test("WUDI: the same tensors as the reference", arguments: SpectralFixtures.cases("wudi"))
    func wudi(_ item: MergingCase) throws { try SpectralFixtures.check(item, tolerance: Self.tolerance) }

    @Test("DOGE: the same tensors as the reference", arguments: SpectralFixtures.cases("doge_ta"))
    func doge(_ item: MergingCase) throws { try SpectralFixtures.check(item, tolerance: Self.tolerance) }

    @Test("The cases are there")
    func cases() { #expect(SpectralFixtures.cases("wudi").count == 4 && SpectralFixtures.cases("doge_ta").count == 3) }

    @Test("DOGE gives the same bytes on any number of ranks and threads")
    func sameBytes() throws {
        try MergingParity.checkSameBytes(
            "{_target_: fusion_bench.method.DOGE_TA_Algorithm, subspace: 6, K: 30, lamda: 0.07}",
            MergingFixtures.pool("clip", "base", "a", "b", "c"), family: .clipVision)
    }

    @Test("DOGE leaves a task vector of zero alone")
    func equalModels() throws {
        let base = MergingFixtures.pool("clip", "base")[0]
        let merged = try MergingRun.fuse(
            "{_target_: fusion_bench.method.DOGE_TA_Algorithm, subspace: 6, K: 30, lamda: 0.07}",
            [base, ("a", base.path), ("b", base.path)], family: .clipVision)
        let expected = try MergingRun.fuse(
            "{_target_: fusion_bench.method.TaskArithmeticAlgorithm, scaling_factor: 0}",
            [base, ("a", base.path)], family: .clipVision)
        #expect(merged == expected)
    }

    @Test("DOGE says what it needs")
    func problems() throws {
        func problems(_ arguments: String, _ pool: String, _ family: ModelFamily) throws -> [String] {
            try MergingRun.method("{_target_: fusion_bench.method.DOGE_TA_Algorithm, \(arguments)}").problems(
                with: MergingRun.pool(MergingFixtures.pool(pool, "base", "a"), family))
        }
        #expect(
            try problems("subspace: 0, K: 130, lamda: 0.07", "clip", .clipVision) == [
                "DOGE TA needs a number of at least 1.0 as 'subspace', not 0.0",
                "DOGE TA needs a number from 0.0 to 100.0 as 'K', not 130.0",
            ])
        #expect(
            try problems("subspace: 6, K: 30, lamda: 0.07", "llama", .causalLanguageModel) == [
                "DOGE TA finds no weights of an encoder: names with 'encoder' and 'weight', without 'layer_norm'"
            ])
    }
}
