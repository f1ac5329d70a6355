import Testing

@testable import FusionBench

@Suite("Model Stock")
struct ModelStockTests {
    @Test("The same tensors as the reference", arguments: MergingFixtures.cases("model_stock"))
    func parity(_ item: MergingCase) throws { try MergingParity.check(item) }

    @Test("The same bytes on any number of ranks and threads")
    func sameBytes() throws {
        try MergingParity.checkSameBytes(
            "_target_: fusion_bench.method.model_stock.ModelStock",
            MergingFixtures.pool("clip", "base", "a", "b", "c"), family: .clipVision)
    }

    @Test("One model has no angle")
    func oneModel() throws {
        let problems = try MergingRun.method("_target_: fusion_bench.method.model_stock.ModelStock")
            .problems(with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        #expect(problems == ["Model Stock needs at least 2 models; the pool has a"])
    }
}
