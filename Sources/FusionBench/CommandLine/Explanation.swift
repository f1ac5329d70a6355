import Configuration
import OrderedCollections

/// What `--explain KEY` prints: a value, where it was set, and what it overrode.
struct Explanation {
    let composed: ComposedConfiguration
    let console: Console

    /// - Throws: `ConfigurationError` if the key is not there, with the nearest ones.
    func text(_ key: String) throws -> String {
        let (node, path) = try composed.find(key)
        composed.attachHydra()
        var lines: [String] = []
        if let entries = node.entries, !entries.isEmpty {
            lines.append(console.styled(path.isEmpty ? "(the whole configuration)" : path, .bold) + "  a mapping")
            lines += place("first set", node.origin)
            for (name, child) in entries where path != "" || name.description != "hydra" {
                lines.append("")
                lines += describe(child, path: child.path)
            }
        } else {
            lines += describe(node, path: path)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func describe(_ node: ConfigurationNode, path: String) -> [String] {
        var lines = [console.styled(path, .bold) + " = " + console.styled(node.shortDescription, .green)]
        if let resolved = composed.resolvedText(of: node) { lines.append("  resolves to  " + resolved) }
        lines += place("set by", node.origin)
        var past = node.overridden
        while let value = past {
            lines.append("  replacing    " + console.styled(value.text, .dim))
            lines += place("  set by", value.origin)
            past = value.previous
        }
        return lines
    }

    private func place(_ label: String, _ origin: Origin) -> [String] {
        [
            "  " + label + String(repeating: " ", count: max(1, 13 - label.count))
                + console.styled(origin.description, .cyan)
        ]
    }
}
