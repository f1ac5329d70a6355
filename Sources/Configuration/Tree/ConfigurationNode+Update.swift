import Diagnostics
import OrderedCollections

/// Whether a change may add keys that are not there yet.
enum KeyPolicy {
    case existingKeysOnly
    case mayAddKeys
}

extension ConfigurationNode {
    /// Sets the value at a path below this mapping.
    ///
    /// Mappings and lists are merged into a container of the same kind; anything else replaces what is there. Scalars on
    /// the way become mappings.
    ///
    /// - Throws: `ConfigurationError` if a key is not there and may not be added, an index is out of range, or the path
    ///   leads through an interpolation.
    func update(
        _ path: String, with value: ConfigurationNode, policy: KeyPolicy, merging: Bool = true,
        in context: ResolutionContext
    ) throws {
        let keys = KeyPathText.split(path)
        var container = self
        for (depth, key) in keys.dropLast().enumerated() {
            let here = keys[...depth].joined(separator: ".")
            let next = try container.existingChild(key, path: here)
            if let next, next.isContainer {
                container = next
                continue
            }
            if let next, let interpolation = next.interpolation, policy == .existingKeysOnly {
                throw ConfigurationError(
                    .cannotWriteThroughInterpolation(key: here, text: interpolation.text), at: value.origin)
            }
            guard policy == .mayAddKeys || next != nil else { throw container.missingKey(key, path: here) }
            if policy == .existingKeysOnly {
                // A scalar on the way would become an empty mapping, in which the next key is not to be found.
                throw ConfigurationError(
                    .keyNotInConfiguration(key: keys[...(depth + 1)].joined(separator: "."), argument: "", nearest: []))
            }
            let mapping = ConfigurationNode.emptyMapping(origin: value.origin)
            try container.place(mapping, at: key, path: here)
            container = mapping
        }
        guard let last = keys.last else { return }
        let target = try container.existingChild(last, path: path)
        if merging, value.isContainer, let target, target.isContainer {
            try target.mergeChecked(value, policy: policy, in: context)
            return
        }
        if target == nil, policy == .existingKeysOnly { throw container.missingKey(last, path: path) }
        try container.place(value, at: last, path: path)
    }

    /// Merges a value, refusing new keys where they may not be added.
    private func mergeChecked(_ value: ConfigurationNode, policy: KeyPolicy, in context: ResolutionContext) throws {
        if policy == .existingKeysOnly { try refuseNewKeys(of: value) }
        try merge(value, in: context)
    }

    private func refuseNewKeys(of value: ConfigurationNode) throws {
        guard let entries, let newEntries = value.entries else { return }
        for (key, child) in newEntries {
            guard let existing = entries[key] else {
                throw missingKey(key.description, path: KeyPathText.join(path, key.description, inSequence: false))
            }
            if existing.isContainer { try existing.refuseNewKeys(of: child) }
        }
    }

    private func missingKey(_ key: String, path: String) -> ConfigurationError {
        let nearest = NearestNames.of(key, among: childNames).map { KeyPathText.join(self.path, $0, inSequence: false) }
        return ConfigurationError(.keyNotInConfiguration(key: path, argument: "", nearest: nearest))
    }

    /// The child at a key or index; nil if a mapping does not have it.
    private func existingChild(_ key: String, path: String) throws -> ConfigurationNode? {
        switch content {
        case .mapping(let entries): return entries[.string(key)]
        case .sequence(let items):
            guard let index = KeyPathText.index(key) else { throw ConfigurationError(.indexNotInteger(key, key: path)) }
            guard items.indices.contains(index) else {
                throw ConfigurationError(.indexOutOfRange(key: path, count: items.count))
            }
            return items[index]
        case .scalar, .missing, .interpolation: return nil
        }
    }

    private func place(_ value: ConfigurationNode, at key: String, path: String) throws {
        if case .sequence = content {
            guard let index = KeyPathText.index(key) else { throw ConfigurationError(.indexNotInteger(key, key: path)) }
            set(index: index, try value.validated(as: type.child(.integer(WholeNumber(index)))))
            return
        }
        value.key = .string(key)
        set(.string(key), try value.validated(as: type.child(.string(key)), path: self.path))
    }

    /// Takes away the value at a path, if there is one.
    ///
    /// - Throws: `ConfigurationError` if it is a setting that always has a value.
    func delete(_ path: String, in context: ResolutionContext) throws {
        let keys = KeyPathText.split(path)
        guard let last = keys.last else { return }
        let parentPath = keys.dropLast().joined(separator: ".")
        guard let container = try select(parentPath, in: context) else { return }
        switch container.content {
        case .mapping:
            if case .structure(let structure) = container.type {
                throw ConfigurationError(.settingCannotBeDeleted(key: path, structure: structure.name))
            }
            container.remove(.string(last))
        case .sequence(var items):
            guard let index = KeyPathText.index(last), items.indices.contains(index) else { return }
            items.remove(at: index)
            container.content = .sequence(items)
            container.adoptChildren()
        case .scalar, .missing, .interpolation: break
        }
    }
}
