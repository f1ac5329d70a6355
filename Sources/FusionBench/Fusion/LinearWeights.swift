import Tensors

/// Tells weights of linear layers from other parameters, by name and shape alone.
///
/// A checkpoint does not say which modules its tensors belonged to. In the state dict of a network, a weight of a linear
/// layer is a matrix called `….weight` whose module is no embedding: norms have vectors and convolutions more than two
/// dimensions. Embeddings go by a few names, which the networks that there are share.
enum LinearWeights {
    /// Modules that are embeddings, of tokens, positions or distances.
    private static let embeddings: Set<Substring> = [
        "embed", "embed_in", "embed_positions", "embed_tokens", "embed_tokens_per_layer", "relative_attention_bias",
        "shared", "wpe", "wte",
    ]
    /// How the names of other embeddings end: `word_embeddings`, `position_embedding`.
    private static let endings = ["embedding", "embeddings"]

    /// Whether a parameter is the weight of a linear layer.
    ///
    /// - Parameters:
    ///   - name: Its name in the state dict.
    ///   - shape: Its sizes; a weight is [outputs, inputs].
    /// - Returns: Whether name and shape are those of such a weight.
    static func contains(_ name: String, _ shape: Shape) -> Bool {
        let parts = name.split(separator: ".")
        guard shape.dimensions.count == 2, parts.count >= 2, parts.last == "weight" else { return false }
        let module = parts[parts.count - 2]
        return !embeddings.contains(module) && !endings.contains { module.lowercased().hasSuffix($0) }
    }
}
