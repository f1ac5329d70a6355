import Tensors

/// How the layers of a model are moved before they are superposed.
enum LayerShift: Sendable, Equatable {
    /// Round by so many, times the number of the model.
    case steps(Int)
    /// In an order of the model's own.
    case shuffled(seed: UInt64, models: [String])

    /// Where a layer goes, and what is taken back.
    struct Places: Equatable {
        /// The number of the place that it is added at.
        let there: Int
        /// The number of a layer that is taken back.
        let back: Int
        /// The number of the place that it is taken from.
        let origin: Int
    }

    /// Where the layers of a model go.
    ///
    /// - Parameters:
    ///   - layers: The layers that are moved.
    ///   - model: The number of the model.
    /// - Returns: One entry for each layer.
    func places(of layers: [NumberedName], model: Int) -> [Places] {
        switch self {
        case .steps(let steps):
            let count = (layers.map(\.number).max() ?? 0) + 1
            func moved(_ number: Int, _ offset: Int) -> Int { ((number + offset) % count + count) % count }
            return layers.map {
                Places(
                    there: moved($0.number, model * steps), back: moved($0.number, -model * steps), origin: $0.number)
            }
        case .shuffled(let seed, let models):
            var groups: [String: [Int]] = [:]
            for layer in layers { groups[layer.group, default: []].append(layer.number) }
            let stream = RandomStream(seed: seed, purpose: "randes/order/" + models[model], name: "")
            return layers.map { layer in
                let numbers = groups[layer.group] ?? []
                let order = stream.permutation(of: numbers.count)
                let there = numbers.firstIndex(of: layer.number).map { numbers[order[$0]] } ?? layer.number
                return Places(there: there, back: layer.number, origin: there)
            }
        }
    }
}
