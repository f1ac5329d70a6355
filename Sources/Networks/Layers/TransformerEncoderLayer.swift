public import Tensors

/// Attention and an MLP, each of which normalises the residual stream before it and adds to it.
public struct TransformerEncoderLayer: Sendable {
    /// Before the attention.
    public let attentionNorm: LayerNorm
    /// What tokens take from each other.
    public let attention: MultiHeadSelfAttention
    /// Before the MLP.
    public let mlpNorm: LayerNorm
    /// What each token makes of it.
    public let mlp: MLP

    /// A layer under the names that `transformers` gives CLIP's: `layer_norm1`, `self_attn`, `layer_norm2` and `mlp`.
    public init(
        _ parameters: ParameterScope, width: Int, headCount: Int, hiddenWidth: Int, activation: ElementwiseFunction,
        epsilon: Double = 1e-5
    ) {
        attentionNorm = LayerNorm(parameters["layer_norm1"], columns: width, epsilon: epsilon)
        attention = MultiHeadSelfAttention(parameters["self_attn"], width: width, headCount: headCount)
        mlpNorm = LayerNorm(parameters["layer_norm2"], columns: width, epsilon: epsilon)
        mlp = MLP(parameters["mlp"], width: width, hiddenWidth: hiddenWidth, activation: activation)
    }

    /// Adds to a stream of `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - stream: What is added to.
    ///   - mask: What tokens see.
    ///   - selection: What the stream goes on with once tokens have seen each other, where not all are looked at later; nil
    ///     for all of it. The rest is not computed.
    public func callAsFunction(
        _ stream: inout ResidualStream, mask: AttentionMask = .none, keeping selection: ((Tensor) -> Tensor)? = nil
    ) {
        var heads = attention.heads(stream.normalized(by: attentionNorm), mask: mask)
        if let selection {
            heads = selection(heads)
            stream.select(selection)
        }
        stream.add(attention.output, of: heads)
        let hidden = mlp.hidden(stream.normalized(by: mlpNorm))
        stream.add(mlp.down, of: hidden)
    }
}
