import Checkpoints
import JSON
import OperatingSystem
import OrderedCollections

/// The layers of a model, as the names of its tensors tell: `model.layers.7.mlp…` belongs to layer 7.
struct LayerStack {
    /// What stands before the number of a layer, `model.layers.`.
    let prefix: String
    /// The number of layers.
    let count: Int

    /// Nil if the model has no layers, or several stacks of them.
    init?(_ model: PooledModel) {
        let layers = model.tensors.keys.compactMap(LayerPlaces.layer)
        guard let first = layers.first, layers.allSatisfy({ $0.prefix == first.prefix && $0.layer >= 0 }) else {
            return nil
        }
        prefix = first.prefix
        count = (layers.map(\.layer).max() ?? -1) + 1
    }

    /// A name with another number of its layer.
    static func renumbered(_ name: String, to layer: Int) -> String {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if let place = parts.firstIndex(where: { Int($0) != nil }) { parts[place] = String(layer) }
        return parts.joined(separator: ".")
    }

    /// Whether a tensor outside of the layers stands before them: an embedding, or a norm that follows it.
    static func precedesLayers(_ name: String) -> Bool {
        name.split(separator: ".").contains { part in
            (part.contains("embed") && part != "embed_out") || part.hasPrefix("pre_")
                || ["shared", "wpe", "wte"].contains(part)
        }
    }
}

/// What `config.json` says about layers, and what it must say once the layers are others.
struct LayerConfiguration {
    /// The keys for the number of layers, of which each architecture has one.
    private static let countKeys = ["num_hidden_layers", "n_layer", "num_layers", "n_layers"]
    /// The keys for lists with one item for each layer.
    private static let listKeys = ["layer_types"]

    /// The changes of a model whose layers are layers of some models.
    ///
    /// - Parameters:
    ///   - layers: For each layer of the result, the model and the number of the layer there. The first model is the template.
    ///   - template: The model whose configuration the result has.
    /// - Returns: The new values of what `config.json` holds; empty without such a file.
    static func changes(
        _ layers: [(model: PooledModel, layer: Int)], template: PooledModel
    ) -> OrderedDictionary<String, JSONValue> {
        guard let configuration = entries(template) else { return [:] }
        var changes: OrderedDictionary<String, JSONValue> = [:]
        if let key = countKeys.first(where: { configuration[$0]?.int != nil }) {
            changes[key] = .integer(layers.count)
        }
        var others: [String: OrderedDictionary<String, JSONValue>] = [template.name: configuration]
        for key in listKeys where configuration[key]?.array != nil {
            let items = layers.map { model, layer -> JSONValue? in
                let own = others[model.name] ?? entries(model) ?? [:]
                others[model.name] = own
                guard let list = own[key]?.array, list.indices.contains(layer) else { return nil }
                return list[layer]
            }
            let known = items.compactMap { $0 }
            if known.count == items.count { changes[key] = .array(known) }
        }
        return changes
    }

    private static func entries(_ model: PooledModel) -> OrderedDictionary<String, JSONValue>? {
        model.configuration?.object
    }
}
