import Configuration
import Foundation
import JSON
import OrderedCollections
import Testing

@testable import FusionBench

@Suite("Depth upscaling")
struct DepthUpscalingTests {
    @Test("A whole checkpoint, as the reference has it")
    func llama() throws {
        let item = try #require(MergingFixtures.cases("depth_upscaling").first { $0.id.hasSuffix("/llama") })
        try MergingParity.check(item)
        let changes = try MergingRun.alone { context in
            let result = try MergingRun.result(
                try MergingRun.method(item.method), MergingRun.pool(item.models), context)
            return result.models[0].model.configurationChanges
        }
        #expect(changes["num_hidden_layers"] == 6)
    }

    @Test("The layers are those that the reference makes of a bare list of layers")
    func moduleList() throws {
        let item = try #require(MergingFixtures.cases("depth_upscaling").first { $0.id.hasSuffix("/module_list") })
        let results = try MergingRun.fuse(item.method, item.models)
        let prefix = "model.layers."
        let layers = try #require(results["merged"]).filter { $0.key.hasPrefix(prefix) }
            .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        try MergingParity.compare(
            OrderedDictionary(uniqueKeysWithValues: layers), item.expectedTensors(), item.id)
    }

    @Test("The same bytes on any number of ranks and threads")
    func sameBytes() throws {
        try MergingParity.checkSameBytes(
            "{_target_: fusion_bench.method.DepthUpscalingAlgorithm, layer_indices: ['range(0,3)', 1, 'range(3,-1,-1)']}",
            MergingFixtures.pool("llama_deep", "base"))
    }

    @Test(
        "Ranges as in Python",
        arguments: [
            ("range(3)", [0, 1, 2]), ("range(1, 4)", [1, 2, 3]), ("range(0,10,4)", [0, 4, 8]),
            ("range(3,0,-1)", [3, 2, 1]), ("range(2,2)", []), (" range( 1 , 2 ) ", [1]),
        ])
    func ranges(_ text: String, _ indices: [Int]) { #expect(LayerRange(text: text)?.indices == indices) }

    @Test(
        "Nothing else is evaluated",
        arguments: [
            "range()", "range(1,2,3,4)", "range(1,5,0)", "range(a)", "list(range(3))", "[1,2]", "range(1,,2)",
            "range(9223372036854775807)", "range(-9223372036854775808,9223372036854775807)", "__import__('os')", "",
            "range(1.5)", "range(3",
        ])
    func otherTexts(_ text: String) { #expect(LayerRange(text: text) == nil) }

    @Test(
        "Layers that are not there are named",
        arguments: [
            ("[1, 4]", "needs layer 4 of '_pretrained_', which has 0 to 3"), ("[-1]", "needs layer -1"),
            ("[]", "at least one layer"),
        ])
    func missingLayers(_ indices: String, _ problem: String) throws {
        let method = try MergingRun.method(
            "{_target_: fusion_bench.method.DepthUpscalingAlgorithm, layer_indices: \(indices)}")
        let problems = method.problems(with: MergingRun.pool(MergingFixtures.pool("llama_deep", "base")))
        #expect(problems.count == 1 && problems[0].contains(problem), "\(problems)")
    }

    @Test("A configuration that names no layers is refused")
    func noLayers() throws {
        let path = MergingFixtures.directory + "/../../../../config/method/depth_upscaling.yaml"
        #expect(throws: (any Error).self) { try MergingRun.method(String(contentsOfFile: path, encoding: .utf8)) }
    }
}
