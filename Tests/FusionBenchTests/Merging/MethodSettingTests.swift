import Configuration
import Tensors
import Testing

@testable import FusionBench

@Suite("Numbers for each model and parameter")
struct MethodSettingTests {
    private func setting(_ yaml: String) throws -> ModelSetting? {
        ModelSetting.decode(.value(try #require(try ConfigurationValue(yaml: "{value: \(yaml)}")["value"])))
    }

    @Test("A number, a gradient, filters, or any of these for each model")
    func forms() throws {
        let keys = ["embed.weight", "layers.0.mlp.weight", "layers.1.mlp.weight"]
        func numbers(_ yaml: String) throws -> [[Double]]? {
            try setting(yaml)?.numbers(for: keys, models: ["a", "b"], fallback: 9)
        }
        #expect(try numbers("0.7") == [[0.7, 0.7], [0.7, 0.7], [0.7, 0.7]])
        #expect(try numbers("[1, 2]") == [[1, 1], [1, 1], [2, 2]])
        #expect(try numbers("[{filter: mlp, value: 3}]") == [[9, 9], [3, 3], [3, 3]])
        #expect(try numbers("{b: [1, 2]}") == [[9, 1], [9, 1], [9, 2]])
        #expect(try numbers("{a: 4, b: [{filter: layers.1, value: 5}, {value: 6}]}") == [[4, 6], [4, 6], [4, 5]])
    }

    @Test("Anything else is refused", arguments: ["text", "{a: text}", "[]", "{a: []}", "null", "[{filter: '('}]"])
    func refused(_ yaml: String) throws {
        #expect(try setting(yaml) == nil)
    }

    @Test(
        "What cannot be is told before anything is read",
        arguments: [
            ("{_target_: fusion_bench.method.BreadcrumbsAlgorithm, weight: {d: 1}}", "'weight' for a model 'd'"),
            ("{_target_: fusion_bench.method.BreadcrumbsAlgorithm, density: [0.5, 1.5]}", "'density', not 1.5"),
            ("{_target_: fusion_bench.method.BreadcrumbsAlgorithm, gamma: {a: -0.5}}", "'gamma', not -0.5"),
            ("{_target_: fusion_bench.method.DellaAlgorithm, density: 0.9, epsilon: 0.1}", "'epsilon', not 0.1"),
            ("{_target_: fusion_bench.method.DellaLinearAlgorithm, density: 0.4, epsilon: {b: -0.5}}", "not -0.5"),
            (
                "{_target_: fusion_bench.method.DareSimpleAverage, sparsity_ratio: 1, only_on_linear_weights: false}",
                "below 1 (with rescale)"
            ),
            ("{_target_: fusion_bench.method.SCEAlgorithm, select_topk: 2}", "'select_topk', not 2.0"),
            ("{_target_: fusion_bench.method.NearSwapAlgorithm, t: -1}", "NearSwap needs 1 model"),
            ("{_target_: fusion_bench.method.NuSlerpAlgorithm}", "NuSLERP needs 2 models"),
            ("{_target_: fusion_bench.method.MultiSlerpAlgorithm, weight: {a: 1, b: -1, c: 0}}", "add up to 0"),
            ("{_target_: fusion_bench.method.MultiSlerpAlgorithm, eps: 0}", "'eps', not 0.0"),
            ("{_target_: fusion_bench.method.KarcherAlgorithm, max_iter: -1}", "'max_iter', not -1.0"),
            ("{_target_: fusion_bench.method.PassthroughAlgorithm}", "needs one model, or slices"),
            (
                "{_target_: fusion_bench.method.PassthroughAlgorithm, "
                    + "slices: [{sources: [{model: a, layer_range: [0, 3]}]}]}",
                "needs layers 0 to 2 of 'a', which has 2"
            ),
            (
                "{_target_: fusion_bench.method.PassthroughAlgorithm, "
                    + "slices: [{sources: [{model: d, layer_range: [0, 1]}]}]}",
                "'slices' for a model 'd'"
            ),
        ])
    func problems(_ method: String, _ text: String) throws {
        let pool = try SyntheticPool(["_pretrained_", "a", "b", "c"])
        #expect {
            try MergingRun.fuse(method, pool.models)
        } throws: { error in
            "\(error)".contains(text)
        }
    }

    @Test("Weights of linear layers are told from other matrices")
    func linearWeights() {
        let matrix: Shape = [8, 4]
        for name in ["layers.0.q_proj.weight", "lm_head.weight", "embed_out.weight", "encoder.fc1.weight"] {
            #expect(LinearWeights.contains(name, matrix), "\(name)")
        }
        let others = [
            "embed_tokens.weight", "transformer.wte.weight", "shared.weight", "word_embeddings.weight",
            "embeddings.position_embedding.weight", "attention.relative_attention_bias.weight", "q_proj.bias",
            "class_embedding", "weight",
        ]
        for name in others { #expect(!LinearWeights.contains(name, matrix), "\(name)") }
        #expect(!LinearWeights.contains("layers.0.norm.weight", [8]))
        #expect(!LinearWeights.contains("patch.conv.weight", [8, 3, 2, 2]))
    }
}
