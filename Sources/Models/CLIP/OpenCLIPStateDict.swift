public import Checkpoints
import OrderedCollections
import Tensors

extension LazyStateDict {
    /// Whether its tensors have the names that OpenCLIP, and OpenAI's own code, give them.
    public var isOpenCLIP: Bool { tensors["visual.class_embedding"] != nil && tensors["visual.conv1.weight"] != nil }

    /// The tensors of an OpenCLIP checkpoint under the names of `transformers`' `CLIPModel`.
    ///
    /// Queries, keys and values stand in one matrix there, and are taken apart; the two projections are transposed. What has no
    /// place in the model keeps its name.
    ///
    /// See <https://github.com/mlfoundations/open_clip>.
    public func convertedFromOpenCLIP() -> LazyStateDict {
        var converted: OrderedDictionary<String, LazyTensor> = [:]
        for (name, tensor) in tensors {
            for (newName, part) in Self.parts(of: name, tensor) { converted[newName] = part }
        }
        return LazyStateDict(tensors: converted, metadata: metadata, path: path, files: files)
    }

    /// What becomes of one tensor.
    private static func parts(of name: String, _ tensor: LazyTensor) -> [(String, LazyTensor)] {
        if let projection = projections[name], tensor.shape.rank == 2 { return [(projection, tensor.transposed)] }
        if let renamed = names[name] { return [(renamed, tensor)] }
        let isVision = name.hasPrefix("visual.")
        let inTower = isVision ? name.dropFirst("visual.".count) : Substring(name)
        let blocks = "transformer.resblocks."
        guard inTower.hasPrefix(blocks) else { return [(name, tensor)] }
        let parts = inTower.dropFirst(blocks.count).split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return [(name, tensor)] }
        let layer = "\(isVision ? "vision" : "text")_model.encoder.layers.\(parts[0])."
        if let kind = packedKinds[String(parts[1])], let count = tensor.shape.dimensions.first, count % 3 == 0 {
            let width = count / 3
            return ["q", "k", "v"].enumerated().map { number, part in
                ("\(layer)self_attn.\(part)_proj.\(kind)", tensor.rows(number * width..<(number + 1) * width))
            }
        }
        for (old, new) in layerNames where parts[1].hasPrefix(old + ".") {
            return [(layer + new + parts[1].dropFirst(old.count), tensor)]
        }
        return [(name, tensor)]
    }

    private static let projections = [
        "visual.proj": "visual_projection.weight", "text_projection": "text_projection.weight",
    ]
    private static let packedKinds = ["attn.in_proj_weight": "weight", "attn.in_proj_bias": "bias"]
    private static let layerNames = [
        ("attn.out_proj", "self_attn.out_proj"), ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"),
        ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"),
    ]
    private static let names = [
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
        "visual.ln_pre.weight": "vision_model.pre_layrnorm.weight",
        "visual.ln_pre.bias": "vision_model.pre_layrnorm.bias",
        "visual.ln_post.weight": "vision_model.post_layernorm.weight",
        "visual.ln_post.bias": "vision_model.post_layernorm.bias",
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "ln_final.weight": "text_model.final_layer_norm.weight",
        "ln_final.bias": "text_model.final_layer_norm.bias",
    ]
}
