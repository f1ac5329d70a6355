import Checkpoints
import JSON
import Models
import Networks
import OperatingSystem
import OrderedCollections
import Tensors
import Testing

@Suite("CLIP models")
struct CLIPModelTests {
    static let fixtures = FileSystem.join(FileSystem.directoryName(#filePath), "Fixtures/CLIP")

    private static func checkpoint(_ name: String) throws -> CLIPCheckpoint {
        try CLIPCheckpoint(
            CheckpointLocation(FileSystem.join(fixtures, name)), cache: HubCache(directory: "/nowhere"))
    }

    private static func expected(_ name: String) throws -> OrderedDictionary<String, Tensor> {
        let path = FileSystem.join(fixtures, "\(name)/expected.safetensors")
        return try SafetensorsFile(path).stateDict.tensors.mapValues { try $0.readTensor() }
    }

    private static func tokens(_ tensor: Tensor) -> [[Int32]] {
        let length = tensor.size(1)
        let all = tensor.array(of: Int64.self).map(Int32.init)
        return stride(from: 0, to: all.count, by: length).map { Array(all[$0..<$0 + length]) }
    }

    /// The largest difference of elements.
    private static func distance(_ a: Tensor, _ b: Tensor) -> Float {
        #expect(a.shape == b.shape)
        return zip(a.array(of: Float.self), b.array(of: Float.self)).map { abs($0 - $1) }.max() ?? 0
    }

    @Test("Both towers, and logits, as transformers computes them", arguments: ["quick", "gelu"])
    func outputs(_ name: String) throws {
        let model = try Self.checkpoint(name).model()
        let expected = try Self.expected(name)
        let pixels = try #require(expected["pixels"])
        let tokens = Self.tokens(try #require(expected["tokens"]))
        let pooled = model.vision(pixels)
        let states = model.vision.states(pixels)
        let text = try model.text(tokens)
        let logits = model.heads.logits(model.imageEmbeddings(pixels), try model.textEmbeddings(tokens))
        var found: OrderedDictionary<String, Tensor> = [
            "vision_pooled": pooled, "text_pooled": text, "image_features": model.heads.visual(pooled),
            "text_features": model.heads.textual(text), "logits": logits,
        ]
        for (number, state) in states.hidden.enumerated() { found["vision_hidden.\(number)"] = state }
        for (key, tensor) in found {
            #expect(Self.distance(tensor, try #require(expected[key])) < 1e-4, "\(key)")
        }
        #expect(Self.distance(states.pooled, pooled) < 1e-5)
    }

    @Test("Gradients of all parameters as PyTorch computes them", arguments: ["quick", "gelu"])
    func gradients(_ name: String) throws {
        let checkpoint = try Self.checkpoint(name)
        let expected = try Self.expected(name)
        let tape = GradientTape()
        let traced = try checkpoint.stateDict.tensors.mapValues { tape.watch(try $0.readTensor()) }
        let model = try Parameters(traced).makeNetwork { CLIPModel($0, checkpoint.configuration) }
        let logits = model.heads.logits(
            model.imageEmbeddings(try #require(expected["pixels"])),
            try model.textEmbeddings(Self.tokens(try #require(expected["tokens"]))))
        let loss = try crossEntropy(logits, try #require(expected["targets"]))
        #expect(abs(loss.number - (try #require(expected["loss"])).number) < 1e-4)
        let gradients = tape.gradients(of: loss, to: Array(traced.values))
        #expect(gradients.count == expected.keys.count { $0.hasPrefix("gradient.") })
        for (key, gradient) in zip(traced.keys, gradients) {
            let reference = try #require(expected["gradient.\(key)"])
            let scale = reference.array(of: Float.self).map(abs).max() ?? 0
            #expect(Self.distance(gradient, reference) <= 1e-4 * max(scale, 1e-3), "\(key)")
        }
    }

    @Test("OpenCLIP's form of a model computes the same")
    func openCLIP() throws {
        let expected = try Self.expected("quick")
        let checkpoint = try Self.checkpoint("open_clip")
        let original = try Self.checkpoint("quick")
        #expect(checkpoint.configuration == original.configuration)
        for (key, tensor) in original.stateDict.tensors {
            #expect(try checkpoint.stateDict.tensor(key).readAll() == tensor.readAll(), "\(key)")
        }
        let model = try checkpoint.model()
        let logits = model.heads.logits(
            model.imageEmbeddings(try #require(expected["pixels"])),
            try model.textEmbeddings(Self.tokens(try #require(expected["tokens"]))))
        #expect(Self.distance(logits, try #require(expected["logits"])) < 1e-4)
    }

    @Test("Everything that is wrong with a configuration is told at once")
    func wrongConfiguration() throws {
        let value = try JSONValue(
            parsing: Array(
                """
                {"projection_dim": 0, "text_config": {"hidden_size": 10, "num_attention_heads": 3},
                 "vision_config": {"patch_size": 300, "hidden_act": "sine", "layer_norm_eps": "small"}}
                """.utf8))
        #expect {
            try CLIPConfiguration(value, path: "config.json")
        } throws: { error in
            let text = "\(error)"
            return [
                "projection_dim must be a whole number above 0, not 0",
                "text_config.num_attention_heads must be a divisor of hidden_size (10), not 3",
                "vision_config.patch_size must be at most image_size (224), not 300",
                "vision_config.hidden_act must be one of", "not \"sine\"",
                "vision_config.layer_norm_eps must be a number",
            ].allSatisfy { text.contains($0) } && text.hasPrefix("config.json: ")
        }
    }
}
