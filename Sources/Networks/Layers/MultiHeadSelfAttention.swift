public import Tensors

/// Attention of tokens to each other, by several heads.
public struct MultiHeadSelfAttention: Sendable {
    /// Queries, keys and values in one product: `[3 · width, width]`.
    public let packedWeight: Tensor
    /// `[3 · width]`, added inside of the attention.
    public let packedBias: Tensor
    /// What is added to queries, keys and values, if anything.
    public let adapters: [(any LinearAdapter)?]
    /// From the heads' results to the residual stream.
    public let output: Linear
    /// The number of heads.
    public let headCount: Int

    /// A layer whose queries, keys and values have a projection each, under the names that `transformers` gives CLIP's:
    /// `q_proj`, `k_proj`, `v_proj` and `out_proj`.
    ///
    /// They are packed here, once for each network that is made; gradients reach each of them.
    public init(_ parameters: ParameterScope, width: Int, headCount: Int) {
        let parts = ["q_proj", "k_proj", "v_proj"].map { Linear(parameters[$0], inputs: width, outputs: width) }
        self.init(
            packedWeight: Tensor.concatenated(parts.map(\.weight)),
            packedBias: Tensor.concatenated(parts.compactMap(\.bias)),
            output: Linear(parameters["out_proj"], inputs: width, outputs: width), headCount: headCount,
            adapters: parts.map(\.adapter))
    }

    /// A layer of packed parameters.
    ///
    /// - Parameters:
    ///   - packedWeight: Queries, keys and values.
    ///   - packedBias: Queries, keys and values.
    ///   - output: From the heads' results to the residual stream.
    ///   - headCount: The number of heads.
    ///   - adapters: What is added to queries, keys and values, if anything; none or three.
    public init(
        packedWeight: Tensor, packedBias: Tensor, output: Linear, headCount: Int, adapters: [(any LinearAdapter)?] = []
    ) {
        self.adapters = adapters
        self.packedWeight = packedWeight
        self.packedBias = packedBias
        self.output = output
        self.headCount = headCount
    }

    /// What the heads make of tokens `[batch, tokens, width]`, before the output's layer.
    public func heads(_ x: Tensor, mask: AttentionMask = .none) -> Tensor {
        attention(projected(x), bias: packedBias, headCount: headCount, mask: mask)
    }

    /// Queries, keys and values side by side, `[batch, tokens, 3 · width]`.
    private func projected(_ x: Tensor) -> Tensor {
        let packed = linear(x, weight: packedWeight)
        guard adapters.contains(where: { $0 != nil }) else { return packed }
        let none = Tensor.zeros(x.shape, dtype: x.dtype)
        return packed + Tensor.concatenated(adapters.map { $0?(x) ?? none }, along: -1)
    }

    /// `[batch, tokens, width]` to the same shape.
    public func callAsFunction(_ x: Tensor, mask: AttentionMask = .none) -> Tensor { output(heads(x, mask: mask)) }
}
