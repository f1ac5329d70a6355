import Checkpoints
import Configuration
import Fabric
import JSON
import OrderedCollections
import Tensors
import TestSupport
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

@Suite("Stacked layers")
struct PassthroughTests {
    static let cases = MergingFixtures.all.filter { $0.id.hasPrefix("mergekit_passthrough/") && $0.layerCount != nil }

    @Test("config.json has the new number of layers", arguments: cases)
    func layerCount(_ item: MergingCase) throws {
        let recipe = try MergekitRecipe(item)
        let method = try Instantiator(.fusionBench).instantiate(
            ConfigurationValue(yaml: recipe.method), legacy: .method, recursive: false)
        let references = recipe.models.map { ($0.name, ModelReference(location: $0.path)) }
        let pool = ModelPool(.causalLanguageModel, references: OrderedDictionary(uniqueKeysWithValues: references))
        let passthrough = try #require(method as? Passthrough)
        let changes = try withFabrics(1) { fabric in
            let context = FusionContext(fabric: fabric, seed: 0)
            let result = try passthrough.fuse(pool, in: context)
            try fabric.finish()
            return result.models.map(\.model.configurationChanges)
        }[0]
        #expect(changes == [["num_hidden_layers": .integer(try #require(item.layerCount))]])
    }

    @Test("All cases are there")
    func count() { #expect(Self.cases.count == 4) }

    @Test("A gradient runs over the layers of a slice, and filters see the new names")
    func scales() throws {
        let pool = try SyntheticPool(["a", "b"])
        let method = """
            {_target_: fusion_bench.method.PassthroughAlgorithm, slices: [
              {sources: [{model: a, layer_range: [0, 2],
                          parameters: {scale: [{filter: layers.1.mlp, value: 0.5}, {value: [1, 2]}]}}]},
              {sources: [{model: b, layer_range: [1, 2]}]}]}
            """
        let merged = try #require(try MergingRun.fuse(method, pool.models)["merged"])
        let (a, b) = try (
            SafetensorsFile(pool.models[0].path).stateDict.tensors,
            SafetensorsFile(pool.models[1].path).stateDict.tensors
        )
        func values(_ tensor: LazyTensor?) throws -> [Float] { try MergedTensor(try #require(tensor)).values }
        #expect(merged["layers.0.mlp.weight"]?.values == (try values(a["layers.0.mlp.weight"])))
        #expect(merged["layers.1.mlp.weight"]?.values == (try values(a["layers.1.mlp.weight"]).map { $0 / 2 }))
        #expect(
            merged["layers.1.attention.weight"]?.values == (try values(a["layers.1.attention.weight"]).map { $0 * 2 }))
        #expect(merged["layers.2.mlp.weight"]?.values == (try values(b["layers.1.mlp.weight"])))
        #expect(merged["embed_tokens.weight"]?.values == (try values(a["embed_tokens.weight"])))
        #expect(merged["logit_scale"]?.values == (try values(b["logit_scale"])))
        #expect(merged["layers.3.mlp.weight"] == nil)
    }
}

@Suite("Tensors of several units")
struct LargeTensorTests {
    static let tensors = [TensorDescription(name: "layers.0.weight", dtype: .float32, shape: [1040, 1024])]

    @Test(
        "The same bytes on any number of ranks and threads",
        arguments: [
            "{_target_: fusion_bench.method.BreadcrumbsAlgorithm, density: 0.5, gamma: 0.1, rescale: true}",
            "{_target_: fusion_bench.method.DareTaskArithmetic, scaling_factor: 1, sparsity_ratio: 0.5, "
                + "only_on_linear_weights: true}",
            "{_target_: fusion_bench.method.KarcherAlgorithm}",
            "{_target_: fusion_bench.method.NuSlerpAlgorithm, nuslerp_flatten: false, nuslerp_row_wise: true}",
        ])
    func sameBytes(_ method: String) throws {
        let pool = try SyntheticPool(["_pretrained_", "a", "b"], tensors: Self.tensors)
        let first = try MergingRun.fuse(method, pool.models)
        #expect(try MergingRun.fuse(method, pool.models, ranks: 3, threads: 2) == first)
    }

    @Test("Breadcrumbs keeps exactly as many entries as it says")
    func keptCount() throws {
        // Too large to be sorted, and several stretches.
        let tensors = [TensorDescription(name: "layers.0.weight", dtype: .float32, shape: [600, 256])]
        let pool = try SyntheticPool(["_pretrained_", "a"], tensors: tensors)
        let method = "{_target_: fusion_bench.method.BreadcrumbsAlgorithm, density: 0.3, gamma: 0.1}"
        let merged = try #require(try MergingRun.fuse(method, pool.models)["merged"]?["layers.0.weight"])
        let (base, tuned) = try (values(pool, 0), values(pool, 1))
        let differences = zip(tuned, base).map { $0 - $1 }
        let keys = differences.indices.map { UInt64(differences[$0].magnitude.bitPattern) << 32 | UInt64($0) }
        let order = keys.sorted().map { Int($0 & 0xFFFF_FFFF) }
        let count = base.count
        let (top, kept) = (count / 10, Int(0.3 * Double(count)))
        var expected = base
        for index in order[(count - kept - top)..<(count - top)] { expected[index] += differences[index] }
        #expect(merged.values == expected)
    }

    private func values(_ pool: SyntheticPool, _ model: Int) throws -> [Float] {
        let tensors = try SafetensorsFile(pool.models[model].path).stateDict.tensors
        return try MergedTensor(try #require(tensors["layers.0.weight"])).values
    }
}
