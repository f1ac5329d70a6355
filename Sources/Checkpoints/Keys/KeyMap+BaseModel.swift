extension KeyMap {
    /// The names that tensors have in another checkpoint, which may be of the base model or of a model with a head.
    ///
    /// In Transformers a model with a head keeps its base model under a prefix: `layers.0.…` of a base model is
    /// `model.layers.0.…` with a head for language modelling. As there, a prefix is taken away or put before a name where
    /// the other checkpoint then knows the name; other names stay.
    ///
    /// - Parameters:
    ///   - names: The names in the checkpoint.
    ///   - expected: The names in the other checkpoint.
    ///   - prefix: The prefix without its dot; see `prefix(ofModelType:)`.
    /// - Throws: `KeyMapProblem.collision` if a tensor stands both with and without the prefix.
    public init(
        _ names: some Sequence<String>, as expected: some Sequence<String>, baseModelPrefix prefix: String
    ) throws(KeyMapProblem) {
        let expected = Set(expected)
        let prefix = prefix + "."
        try self.init(names) { name in
            if expected.contains(name) { return name }
            if name.hasPrefix(prefix) {
                let stripped = String(name.dropFirst(prefix.count))
                if expected.contains(stripped) { return stripped }
            }
            return expected.contains(prefix + name) ? prefix + name : name
        }
    }

    /// The prefix under which models with a head keep their base model.
    ///
    /// - Parameter modelType: The `model_type` of the model's configuration.
    /// - Returns: What Transformers calls `base_model_prefix`; of types that are not known here, that of most models.
    public static func prefix(ofModelType modelType: String) -> String {
        if prefixedByName.contains(modelType) { return modelType }
        return prefixes[modelType] ?? "model"
    }

    private static let prefixedByName: Set = [
        "albert", "beit", "bert", "convnext", "deberta", "deit", "dinov2", "distilbert", "electra", "gpt_neox",
        "resnet",
        "roberta", "swin", "vit",
    ]

    private static let prefixes = [
        "bloom": "transformer", "camembert": "roberta", "deberta-v2": "deberta", "falcon": "transformer",
        "gpt2": "transformer", "gpt_bigcode": "transformer", "gpt_neo": "transformer", "gptj": "transformer",
        "mamba": "backbone", "mt5": "transformer", "t5": "transformer", "xlm-roberta": "roberta",
    ]
}
