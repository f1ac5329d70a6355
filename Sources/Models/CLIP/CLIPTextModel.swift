public import Networks
public import Tensors

/// CLIP's text tower: a text to a vector.
public struct CLIPTextModel: Sendable {
    /// Its sizes.
    public let configuration: CLIPTextConfiguration
    private let tokens: Embedding
    private let positions: Embedding
    private let encoder: CLIPEncoder
    private let lastNorm: LayerNorm

    /// A tower of the parameters that `transformers`' `CLIPTextModel` has, without the prefix `text_model.`.
    public init(_ parameters: ParameterScope, _ configuration: CLIPTextConfiguration) {
        self.configuration = configuration
        let width = configuration.encoder.width
        let embeddings = parameters["embeddings"]
        tokens = Embedding(embeddings["token_embedding"], count: configuration.vocabularySize, width: width)
        positions = Embedding(embeddings["position_embedding"], count: configuration.positionCount, width: width)
        encoder = CLIPEncoder(parameters, configuration.encoder)
        lastNorm = LayerNorm(
            parameters["final_layer_norm"], columns: width, epsilon: Double(configuration.encoder.normEpsilon))
    }

    /// The vectors of texts: what becomes of the token at which each one ends.
    ///
    /// Tokens see only those before them, so that it does not matter what fills up the shorter texts.
    ///
    /// - Parameter texts: The tokens of each text, all of one length, at most `positionCount`.
    /// - Returns: `[texts, width]`.
    /// - Throws: `TensorError.index` for what is no token of the vocabulary.
    public func callAsFunction(_ texts: [[Int32]]) throws(TensorError) -> Tensor {
        let length = texts.first?.count ?? 0
        precondition(
            texts.allSatisfy { $0.count == length } && length <= configuration.positionCount,
            "Texts have one length, at most \(configuration.positionCount)")
        let width = configuration.encoder.width
        let ids = try Tensor(texts.flatMap { $0.map(Int64.init) }, shape: [texts.count, length])
        let embedded = try tokens(ids) + positions.weight.slice(along: 0, 0..<length)
        let places = try Tensor(
            texts.enumerated().map { row, text in Int64(row * length + end(of: text)) }, shape: [texts.count])
        let pooled = encoder.pooled(embedded, mask: .causal) { states in
            // The places are inside: each text has a token at which it ends.
            (try? states.reshaped([texts.count * length, width]).gatheringRows(places)) ?? states
        }
        return lastNorm(pooled)
    }

    /// The place of the token at which a text ends.
    private func end(of text: [Int32]) -> Int {
        // Files from before `transformers` 4.31 have the number 2, which is not the token's; it was the largest one instead.
        if configuration.endToken == 2 {
            return text.indices.max { (text[$0], -$0) < (text[$1], -$1) } ?? 0
        }
        return text.firstIndex(of: Int32(truncatingIfNeeded: configuration.endToken)) ?? 0
    }
}
