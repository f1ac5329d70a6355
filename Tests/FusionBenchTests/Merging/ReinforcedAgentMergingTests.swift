import Checkpoints
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("RAM")
struct ReinforcedAgentMergingTests {
    /// A vector in each model, the first of which is the base.
    private static func merge(_ method: String, _ models: [[Float]]) throws -> [Float] {
        let directory = try ScratchDirectory()
        let names = ["_pretrained_", "a", "b", "c"]
        let pool = try models.enumerated().map { number, values in
            let path = directory.path("\(number).safetensors")
            let writer = try SafetensorsWriter(
                path: path,
                tensors: [TensorDescription(name: "x", dtype: .float32, shape: [values.count])], metadata: nil)
            try writer.create()
            try values.withUnsafeBytes { try writer.write($0, to: "x", at: 0) }
            try writer.finish(flushing: false)
            return (names[number], path)
        }
        return try #require(MergingRun.fuse(method, pool)["merged"]?["x"]).values
    }

    private static let models: [[Float]] = [
        [0, 0, 0, 0, 1, 0], [4, 0, 0, 2, 1, 1], [2, 8, 0, 0, 1, 0], [0, 0, 0, 4, 1, 0],
    ]

    @Test("Shared changes are averaged over those who have them, and changes of one model are taken over")
    func shared() throws {
        #expect(
            try Self.merge("{_target_: fusion_bench.method.RAMAlgorithm}", Self.models) == [3, 8, 0, 3, 1, 1])
    }

    @Test("Changes up to ε do not count")
    func threshold() throws {
        // 2 is not above ε, and so 4 is the first model's alone.
        #expect(
            try Self.merge("{_target_: fusion_bench.method.RAMAlgorithm, epsilon: 2}", Self.models)
                == [4, 8, 0, 4, 1, 0])
    }

    @Test("Changes of one model are amplified by how much it shares")
    func amplified() throws {
        // a: two shared, one alone; b: one and one; c: one shared, none alone.
        let merged = try Self.merge(
            "{_target_: fusion_bench.method.RAMPlusAlgorithm, r: 0.5, alpha: 1.5}", Self.models)
        #expect(merged == [3, 8 * 1.5, 0, 3, 1, 1 * 1.75])
        let unlimited = try Self.merge(
            "{_target_: fusion_bench.method.RAMPlusAlgorithm, r: 0.5, alpha: 100}", Self.models)
        #expect(unlimited == [3, 12, 0, 3, 1, 2])
    }

    @Test("One model is taken over; with amplification too, as it shares nothing")
    func oneModel() throws {
        let models = Array(Self.models[...1])
        for name in ["RAMAlgorithm", "RAMPlusAlgorithm"] {
            #expect(try Self.merge("{_target_: fusion_bench.method.\(name)}", models) == models[1])
        }
    }

    @Test("Negative bounds are refused")
    func problems() throws {
        let problems = try MergingRun.method(
            "{_target_: fusion_bench.method.RAMPlusAlgorithm, epsilon: -1, alpha: -2}"
        ).problems(with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        #expect(
            problems == [
                "RAM+ needs a number of at least 0.0 as 'epsilon', not -1.0",
                "RAM+ needs a number of at least 0.0 as 'alpha', not -2.0",
            ])
    }
}
