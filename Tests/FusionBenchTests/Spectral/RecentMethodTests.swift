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
}
