extension ComposedConfiguration {
    /// The node at a path, as it is written; interpolations on the way are followed, the last one is not.
    ///
    /// - Returns: The node and its own path.
    /// - Throws: `ConfigurationError` if there is nothing, with the nearest keys.
    public func find(_ path: String) throws -> (node: ConfigurationNode, path: String) {
        attachHydra()
        var node = job
        for key in path.isEmpty || path == "_global_" ? [] : KeyPathText.split(path) {
            let container = try node.dereferenced(in: context)
            guard let child = container[key] ?? KeyPathText.index(key).flatMap({ container.items?[safe: $0] }) else {
                throw ConfigurationError(
                    .keyNotInConfiguration(key: path, argument: "", nearest: job.nearestPaths(to: path)))
            }
            node = child
        }
        return (node, node.path)
    }

    /// What an interpolation gives, on one line; nil if the node is none.
    public func resolvedText(of node: ConfigurationNode) -> String? {
        guard node.interpolation != nil else { return nil }
        do {
            return try node.dereferenced(in: context).shortText
        } catch {
            return "(cannot be resolved: \(error))"
        }
    }
}

extension ConfigurationNode {
    /// The value on one line, shortened where long.
    public var shortDescription: String { shortText }
}
