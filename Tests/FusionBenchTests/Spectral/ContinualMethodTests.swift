import Foundation
import TestSupport
import Testing

@testable import FusionBench

@Suite("Continual merging")
struct ContinualMethodTests {
    @Test(
        "The same states as the reference, after each model",
        arguments: SpectralFixtures.cases("opcm") + SpectralFixtures.cases("continual"))
    func parity(_ item: MergingCase) throws {
        let states = try states(item.method, item.models)
        #expect(states.count == item.expected.count)
        for (step, state) in states.enumerated() {
            try MergingParity.compare(
                state, item.expectedTensors("step_\(step)"), "\(item.id) \(step)",
                tolerance: SpectralFixtures.tolerance)
        }
    }

    @Test("DOP: the same states as the reference", arguments: SpectralFixtures.cases("dop"))
    func dop(_ item: MergingCase) throws {
        for (step, state) in try states(item.method, item.models).enumerated() {
            // Hundreds of steps of Adam in binary32, beside the same in binary64.
            try MergingParity.compare(
                state, item.expectedTensors("step_\(step)"), "\(item.id) \(step)", tolerance: 1e-5)
        }
    }

    @Test("The cases are there")
    func cases() {
        #expect(SpectralFixtures.cases("opcm").count == 5 && SpectralFixtures.cases("continual").count == 4)
        #expect(SpectralFixtures.cases("dop").count == 5)
    }

    @Test("Without records there is the last state only, and it is the same")
    func lastState() throws {
        let pool = MergingFixtures.pool("clip", "base", "a", "b", "c")
        let arguments = "_target_: fusion_bench.method.opcm.opcm.OPCMForCLIP, alpha: 0.5, shuffle_order: false"
        let all = try states("{\(arguments), save_on_every_step: true}", pool)
        let last = try states("{\(arguments), save_on_every_step: false}", pool)
        #expect(all.count == 3 && last.count == 1 && last[0] == all[2])
    }

    @Test("A seed has its order, whatever the job's seed is")
    func order() throws {
        func order(_ seed: Int?, _ jobSeed: UInt64) throws -> [Int] {
            try MergingRun.alone { context in
                let models = try MergingRun.pool(MergingFixtures.pool("clip", "a", "b", "c"), .clipVision)
                    .aligned(names: ["a", "b", "c"], withPretrained: false)
                let settings = ContinualSettings(true, seed, false, false)
                return settings.order(of: models, in: FusionContext(fabric: context.fabric, seed: jobSeed))
            }
        }
        #expect(try order(3, 1) == order(3, 2) && order(3, 1).sorted() == [0, 1, 2])
        #expect(try Set((0..<20).map { try order(nil, $0) }).count > 3)
        #expect(try Set((0..<20).map { try order($0, 7) }).count > 3)
    }

    @Test("Nothing is left in the output directory")
    func leftovers() throws {
        let directory = try ScratchDirectory()
        _ = try MergingRun.fuse(
            "{_target_: fusion_bench.method.opcm.opcm.OPCMForCLIP, alpha: 0.5, shuffle_order: false}",
            MergingFixtures.pool("clip", "base", "a", "b", "c"), family: .clipVision, directory: directory)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }

    /// All states of a continual fusion.
    private func states(_ method: String, _ models: [(name: String, path: String)]) throws -> [MergingRun.Tensors] {
        try MergingRun.alone { context in
            let pool = MergingRun.pool(models, .clipVision)
            guard case .steps(let steps, _) = try MergingRun.result(MergingRun.method(method), pool, context) else {
                return []
            }
            return try steps.map { try MergingRun.tensors(of: $0.model, pool, context) }
        }
    }
}
