public import OrderedCollections

/// New names for the tensors of a checkpoint, so that checkpoints of one model in several forms have the same ones.
public struct KeyMap: Sendable, Equatable {
    /// The names in the checkpoint by the new names, in the order of the checkpoint.
    public private(set) var originals: OrderedDictionary<String, String> = [:]
    /// The names of the tensors that have no place in the new form.
    public private(set) var ignored: [String] = []

    /// Gives each name a new one.
    ///
    /// - Parameters:
    ///   - names: The names in the checkpoint.
    ///   - rename: The new name; nil for a tensor that has no place in the new form.
    /// - Throws: `KeyMapProblem.collision` if two tensors would have one name.
    init(_ names: some Sequence<String>, rename: (String) -> String?) throws(KeyMapProblem) {
        for name in names {
            guard let new = rename(name) else {
                ignored.append(name)
                continue
            }
            if let other = originals.updateValue(name, forKey: new) { throw .collision(other, name, renamed: new) }
        }
    }
}

extension LazyStateDict {
    /// The state dict with new names.
    ///
    /// - Parameter map: A map of this state dict's names.
    /// - Returns: The tensors that have new names, under these.
    public func renamed(by map: KeyMap) -> LazyStateDict {
        var renamed = self
        renamed.tensors = [:]
        for (new, original) in map.originals { renamed.tensors[new] = tensors[original] }
        return renamed
    }
}
