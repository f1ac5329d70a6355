/// Which layers are superposed, and at which place each model's are.
///
/// A layer is one parameter. Its number is the first whole number in its name, as in `encoder.layers.7.mlp.fc1.weight`.
struct SuperpositionLayers: Sendable {
    /// The layers that are multiplied by random matrices; all others are only added up.
    let targets: Set<String>
    /// For each model, the layer that is added at a place, where it is another one.
    private var sources: [[String: String]]
    /// For each model, the place from which a layer is taken back, where it is another one.
    private var places: [[String: String]]
    /// Places that no model has, though layers are to be shifted there.
    private(set) var missing: [String] = []

    /// Chooses layers.
    ///
    /// - Parameters:
    ///   - names: The names of all layers, in their order.
    ///   - kinds: Kinds of layers that are superposed.
    ///   - interval: Of these, only each such one is.
    ///   - shift: How each model's layers are moved.
    ///   - models: The number of models.
    init(_ names: [String], kinds: [LayerKind], interval: Int, shift: LayerShift, models: Int) {
        let wanted = names.filter { name in kinds.contains { $0.contains(name) } }
        let chosen = wanted.enumerated().filter { ($0.offset + 1).isMultiple(of: interval) }.map(\.element)
        targets = Set(chosen)
        sources = Array(repeating: [:], count: models)
        places = sources
        let known = Set(names)
        let numbered = chosen.compactMap(NumberedName.init)
        for model in 0..<models {
            let moved = shift.places(of: numbered, model: model)
            for (layer, place) in zip(numbered, moved) {
                let (name, target) = (layer.text, layer.numbered(place.there))
                let unknown = [target, layer.numbered(place.back)].filter { !known.contains($0) }
                guard unknown.isEmpty else {
                    missing += unknown.filter { !missing.contains($0) }
                    continue
                }
                sources[model][target] = name
                places[model][layer.numbered(place.back)] = layer.numbered(place.origin)
            }
        }
    }

    /// The layer of a model that is added at a place.
    func source(at place: String, model: Int) -> String { sources[model][place] ?? place }

    /// The place from which a layer of a model is taken back.
    func place(of layer: String, model: Int) -> String { places[model][layer] ?? layer }
}

/// Kinds of layers, by their names, as the reference tells them apart.
enum LayerKind: String, CaseIterable, Sendable {
    case mlpWeights = "mlp_w"
    case attentionWeights = "attn_w"
    case mlp
    case attention = "attn"
    case all

    func contains(_ name: String) -> Bool {
        switch self {
        case .mlp: name.contains("mlp") || name.contains("Dense")
        case .attention: name.contains("attn") || name.contains("Attention")
        case .mlpWeights: Self.mlp.contains(name) && !name.contains("bias")
        case .attentionWeights: Self.attention.contains(name) && !name.contains("bias")
        case .all: true
        }
    }
}

/// A name with a whole number in it.
struct NumberedName: Sendable {
    let text: String
    let number: Int
    private let head: [Substring]
    private let tail: [Substring]

    /// Nil for a name without a number.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(where: { Int($0) != nil }), let number = Int(parts[index]) else {
            return nil
        }
        self.text = text
        self.number = number
        head = Array(parts[..<index])
        tail = Array(parts[(index + 1)...])
    }

    /// The same name with another number.
    func numbered(_ number: Int) -> String { (head + [Substring(String(number))] + tail).joined(separator: ".") }

    /// What the name is without its number.
    var group: String { (head + tail).joined(separator: ".") }
}
