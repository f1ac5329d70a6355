import OrderedCollections

extension ConfigurationNode {
    /// The node at a path, interpolations on the way and at the end resolved.
    ///
    /// A path that starts with dots is relative: the first dot stands for this node, each further one climbs a level.
    /// Any other path starts at the root if `fromRoot` is true, and here otherwise.
    ///
    /// - Returns: nil if there is nothing at the path. A missing value (`???`) is returned as it is.
    /// - Throws: `ConfigurationError` if an interpolation cannot be resolved or the path leads through a scalar.
    func select(_ path: String, in context: ResolutionContext, fromRoot: Bool = false) throws -> ConfigurationNode? {
        let (start, rest) = try base(of: path, fromRoot: fromRoot)
        return try start.descend(rest, in: context, throwOnMissing: false)
    }

    /// The node at which a path starts, and what is left of the path.
    func base(of path: String, fromRoot: Bool) throws -> (ConfigurationNode, String) {
        guard path.hasPrefix(".") else { return (fromRoot ? root : self, path) }
        var node = self
        var rest = path.dropFirst()
        while rest.first == "." {
            guard let parent = node.parent else {
                throw ConfigurationError(.interpolationKeyNotFound(key: path, text: path, nearest: []))
            }
            node = parent
            rest = rest.dropFirst()
        }
        return (node, String(rest))
    }

    /// The node at a path below this one, resolved.
    func descend(_ path: String, in context: ResolutionContext, throwOnMissing: Bool) throws -> ConfigurationNode? {
        if path.isEmpty { return self }
        let keys = KeyPathText.split(path)
        var container = self
        for (depth, key) in keys.dropLast().enumerated() {
            guard let child = try container.child(at: key, path: path) else { return nil }
            if child.isMissing {
                if throwOnMissing { throw ConfigurationError(.interpolationToMissing(key: child.path)) }
            }
            let resolved = try child.dereferenced(in: context)
            guard resolved.isContainer else {
                throw ConfigurationError(
                    .interpolationThroughScalar(
                        key: path, scalar: keys[...depth].joined(separator: "."), child: keys[depth + 1]))
            }
            container = resolved
        }
        guard let last = keys.last, let child = try container.child(at: last, path: path) else { return nil }
        if child.isMissing, throwOnMissing { throw ConfigurationError(.interpolationToMissing(key: child.path)) }
        return try child.dereferenced(in: context)
    }

    /// The value at a path below this node, interpolations resolved.
    ///
    /// - Returns: nil if there is nothing, null or `???`.
    /// - Throws: `ConfigurationError` if an interpolation cannot be resolved or the path leads through a scalar.
    public func valueNode(at path: String, in context: ResolutionContext) throws -> ConfigurationNode? {
        guard let node = try select(path, in: context), !node.isMissing, !node.isNull else { return nil }
        return node
    }

    /// The child under a key as a path spells it: string keys only in mappings, indices in sequences.
    private func child(at key: String, path: String) throws -> ConfigurationNode? {
        switch content {
        case .mapping(let entries): return entries[.string(key)]
        case .sequence(let items):
            guard let index = KeyPathText.index(key) else {
                throw ConfigurationError(.indexNotInteger(key, key: path))
            }
            return items.indices.contains(index) ? items[index] : nil
        case .scalar, .missing, .interpolation: return nil
        }
    }
}
