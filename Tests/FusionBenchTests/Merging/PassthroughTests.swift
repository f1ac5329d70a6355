import Checkpoints
import Configuration
import Fabric
import JSON
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

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
        #expect(
            merged["model.layers.0.mlp.up_proj.weight"]?.values == (try values(a["model.layers.0.mlp.up_proj.weight"])))
        #expect(
            merged["model.layers.1.mlp.up_proj.weight"]?.values
                == (try values(a["model.layers.1.mlp.up_proj.weight"]).map { $0 / 2 }))
        #expect(
            merged["model.layers.1.self_attn.q_proj.weight"]?.values
                == (try values(a["model.layers.1.self_attn.q_proj.weight"]).map { $0 * 2 }))
        #expect(
            merged["model.layers.2.mlp.up_proj.weight"]?.values == (try values(b["model.layers.1.mlp.up_proj.weight"])))
        #expect(merged["model.embed_tokens.weight"]?.values == (try values(a["model.embed_tokens.weight"])))
        #expect(merged["logit_scale"]?.values == (try values(b["logit_scale"])))
        #expect(merged["model.layers.3.mlp.up_proj.weight"] == nil)
    }
}
