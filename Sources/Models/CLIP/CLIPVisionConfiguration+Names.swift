extension CLIPVisionConfiguration {
    /// The names of the vision tower's parameters in the order in which PyTorch lists those of `transformers`'
    /// `CLIPVisionModel`, without the prefix `vision_model.`: coefficients of layers are kept in this order.
    public var parameterNames: [String] {
        let embeddings = ["class_embedding", "patch_embedding.weight", "position_embedding.weight"]
        let projections = ["k_proj", "v_proj", "q_proj", "out_proj"].map { "self_attn." + $0 }
        let modules = projections + ["layer_norm1", "mlp.fc1", "mlp.fc2", "layer_norm2"]
        func affine(_ module: String) -> [String] { [module + ".weight", module + ".bias"] }
        return embeddings.map { "embeddings." + $0 } + affine("pre_layrnorm")
            + (0..<encoder.layerCount).flatMap { layer in
                modules.flatMap { affine("encoder.layers.\(layer).\($0)") }
            } + affine("post_layernorm")
    }
}
