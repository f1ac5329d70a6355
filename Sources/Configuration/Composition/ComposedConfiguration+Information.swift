extension ComposedConfiguration {
    /// The places of the search path in order.
    public var searchPath: [(provider: String, place: String)] {
        repository.sources.map { ($0.provider, $0.description) }
    }

    /// One configuration of the final defaults list.
    public struct DefaultsEntry {
        /// Its path from the search path's root.
        public let path: String
        /// Where its content goes.
        public let package: String
        /// Whether `_self_` stands for it.
        public let isSelf: Bool
        /// The configuration whose defaults list names it.
        public let parent: String?
    }

    /// The configurations that were merged, in order.
    public var defaultsList: [DefaultsEntry] {
        merged.map { DefaultsEntry(path: $0.path, package: $0.package, isSelf: $0.isSelf, parent: $0.parent) }
    }

    /// The tree of defaults lists, indented, one item a line.
    public var defaultsTreeText: String {
        var lines: [String] = []
        func add(_ node: DefaultsNode, _ depth: Int) {
            let name =
                switch node.item.kind {
                case .config(let path) where path == "<root>": path
                case .config where node.isSelf: "_self_"
                case .config: node.configPath
                case .group: node.overrideKey + ": " + (node.name ?? "null")
                }
            lines.append(String(repeating: "  ", count: depth) + name + (node.children.isEmpty ? "" : ":"))
            for child in node.children { add(child, depth + 1) }
        }
        add(tree, 0)
        return lines.joined(separator: "\n") + "\n"
    }
}
