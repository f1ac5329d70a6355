import OrderedCollections
import Testing

@testable import FusionBench

@Suite("SWUDI, ACE merging, DC-Merge, CART and NUFILT, against the authors' code")
struct RecentMethodTests {
    private static let methods = ["swudi", "swudi_a", "ace_merging", "dc_merge", "cart"]

    @Test("The same tensors", arguments: methods.flatMap(SpectralFixtures.cases))
    func parity(_ item: MergingCase) throws { try SpectralFixtures.check(item) }

    @Test("NUFILT: the same states after each model", arguments: SpectralFixtures.cases("nufilt"))
    func nufilt(_ item: MergingCase) throws {
        try MergingRun.alone { context in
            let pool = MergingRun.pool(item.models, .clipVision)
            let result = try MergingRun.result(MergingRun.method(item.method), pool, context)
            guard case .steps(let steps, _) = result else { throw MergingCase.NoSuchPart(part: "steps") }
            #expect(steps.count == item.expected.count)
            for (step, state) in steps.enumerated() {
                try MergingParity.compare(
                    MergingRun.tensors(of: state.model, pool, context), item.expectedTensors("step_\(step)"),
                    "\(item.id) \(step)")
            }
        }
    }

    @Test("The cases are there")
    func cases() {
        #expect(
            (Self.methods + ["nufilt", "nufilt_descent"]).map { SpectralFixtures.cases($0).count } == [
                7, 6, 5, 5, 3, 2, 3,
            ])
    }

    @Test(
        "Elements that are no numbers, if they are let in, end in a result or in an error",
        arguments: [
            "ACEMerging", "AdaptiveSWUDIMerging", "CARTMerging, rank_ratio: 0.3", "DCMerging, density: 0.3",
            "NUFILT, lora_r: 2, lora_layer: [mlp], shuffle_order: false", "RAMAlgorithm", "RAMPlusAlgorithm",
            "SWUDIMerging",
        ])
    func nonFinite(_ method: String) throws {
        let pool = try SyntheticPool(
            ["_pretrained_", "a", "b", "c"], .nonFinite(tensor: SyntheticPool.layerWeight))
        try MergingRun.alone { context in
            let context = FusionContext(
                fabric: context.fabric, seed: 0, allowsNonFinite: true, outputDirectory: context.outputDirectory)
            let models = MergingRun.pool(pool.models)
            let fusion = try MergingRun.method("{_target_: fusion_bench.method.\(method)}")
            do {
                for (_, model) in try MergingRun.result(fusion, models, context).models {
                    #expect(try MergingRun.tensors(of: model, models, context).count == SyntheticPool.tensors.count)
                }
            } catch {
                #expect("\(error)".contains(SyntheticPool.layerWeight))
            }
        }
    }
}
