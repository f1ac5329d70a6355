/// A tensor that is the same as another one of the model, and need not be stored beside it.
public struct TiedWeight: Sendable, Hashable {
    /// The tensor that need not be stored.
    public let name: String
    /// The tensor that is.
    public let source: String
    /// Whether `tie_word_embeddings` of the model's configuration says if they are the same.
    public let isConfigurable: Bool

    /// A tensor and the one that it is the same as.
    public init(name: String, source: String, isConfigurable: Bool) {
        self.name = name
        self.source = source
        self.isConfigurable = isConfigurable
    }

    /// The tensors that models of Transformers may tie, judged by their names alone.
    ///
    /// The layer that turns hidden states into words often has the weights of the layer that turns words into hidden
    /// states, and models with an encoder and a decoder share the latter.
    ///
    /// - Parameter names: The names of all tensors.
    /// - Returns: Pairs of which both tensors are there.
    public static func candidates(among names: some Sequence<String>) -> [TiedWeight] {
        let names = Set(names)
        func isThere(_ name: String) -> Bool { names.contains(name) }
        var candidates: [TiedWeight] = []
        if let input = inputEmbeddings.first(where: isThere) {
            candidates += outputEmbeddings.filter(isThere).map {
                TiedWeight(name: $0, source: input, isConfigurable: true)
            }
        }
        for (name, source) in outputBiases where isThere(name) && isThere(source) {
            candidates.append(TiedWeight(name: name, source: source, isConfigurable: true))
        }
        for prefix in ["", "model."] where isThere(prefix + "shared.weight") {
            let copies = ["encoder", "decoder"].map { "\(prefix)\($0).embed_tokens.weight" }
            candidates += copies.filter(isThere).map {
                TiedWeight(name: $0, source: prefix + "shared.weight", isConfigurable: false)
            }
        }
        return candidates
    }

    /// Those that several parts share come first.
    private static let inputEmbeddings =
        [
            "shared.weight", "model.shared.weight", "model.embed_tokens.weight", "model.decoder.embed_tokens.weight",
            "transformer.wte.weight", "transformer.word_embeddings.weight", "gpt_neox.embed_in.weight",
            "backbone.embeddings.weight",
        ]
        + ["albert", "bert", "deberta", "distilbert", "electra", "roberta"].map {
            "\($0).embeddings.word_embeddings.weight"
        }

    private static let outputEmbeddings = [
        "lm_head.weight", "embed_out.weight", "lm_head.decoder.weight", "cls.predictions.decoder.weight",
        "predictions.decoder.weight", "generator_lm_head.weight", "vocab_projector.weight",
    ]

    private static let outputBiases: KeyValuePairs = [
        "lm_head.decoder.bias": "lm_head.bias", "cls.predictions.decoder.bias": "cls.predictions.bias",
        "predictions.decoder.bias": "predictions.bias",
    ]
}
