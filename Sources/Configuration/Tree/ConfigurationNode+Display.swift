extension ConfigurationNode {
    /// The node at a path below this one, interpolations resolved; nil if it is not there, missing or null.
    public func selectForDisplay(_ path: String, in context: ResolutionContext) throws -> ConfigurationNode? {
        guard let node = try select(path, in: context), !node.isMissing, !node.isNull else { return nil }
        return node
    }

    /// Whether the node holds others.
    public var isContainerForDisplay: Bool { isContainer }

    /// A scalar as Python's `str()` prints it.
    public var scalarText: String { pythonString }
}

extension ComposedConfiguration {
    /// The `hydra` node alone in a configuration, without its help texts.
    public func hydraWithoutHelp() -> ConfigurationNode {
        let root = ConfigurationNode.emptyMapping(origin: Origin(.runtime))
        let copy = hydra.copy()
        copy.remove("help")
        copy.remove("hydra_help")
        root.set("hydra", copy)
        return root
    }
}

extension ConfigurationError {
    /// Nothing is at the path that is to be shown.
    public init(packageNotFound path: String) {
        self.init(.packageNotFound(path))
    }
}
