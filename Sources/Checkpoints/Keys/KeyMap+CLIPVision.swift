import OrderedCollections

extension KeyMap {
    /// The names that a CLIP vision model has in Transformers ≥ 5: without the prefix `vision_model.`.
    ///
    /// Checkpoints of older versions, of models with a projection or a classifier, and of whole CLIP models carry the
    /// prefix; of them, only what belongs to the vision model stays. So does not `embeddings.position_ids`, a constant
    /// that older versions wrote.
    ///
    /// - Throws: `KeyMapProblem` if there is no such model, or a tensor stands both with and without the prefix.
    public init(clipVision names: some Collection<String>) throws(KeyMapProblem) {
        let prefix = "vision_model."
        try self.init(names) { name in
            let flat = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
            let isKnown = Self.clipVisionParts.contains { flat.hasPrefix($0) }
            return isKnown && flat != "embeddings.position_ids" ? flat : nil
        }
        // A text model has embeddings and layers, too.
        guard originals["embeddings.class_embedding"] != nil else {
            throw .noVisionTower(Array(names.prefix(6)))
        }
    }

    private static let clipVisionParts = ["embeddings.", "encoder.", "pre_layrnorm.", "post_layernorm."]
}
