public import OrderedCollections

/// One value of a configuration that is being composed: a scalar, an interpolation or a container of nodes.
///
/// A node knows its parent, because relative interpolations (`${..x}`) climb, and where it was set. Composition changes
/// nodes in place; what programs get in the end is the immutable `ConfigurationValue`.
public final class ConfigurationNode {
    /// What a node holds.
    public enum Content {
        case scalar(Scalar)
        /// The value `???`, which somebody must set.
        case missing
        case interpolation(Interpolation)
        case mapping(OrderedDictionary<ConfigurationKey, ConfigurationNode>)
        case sequence([ConfigurationNode])
    }

    /// What the node holds now.
    public internal(set) var content: Content
    /// Where the value was set.
    public internal(set) var origin: Origin
    /// Where the key that leads here stands, if in a file.
    var keyOrigin: Origin?
    /// The value that this one replaced, with its own past.
    public internal(set) var overridden: OverriddenValue?
    /// What the node accepts; only Hydra's own settings are typed.
    var type: FieldType = .any

    weak var parent: ConfigurationNode?
    /// The key in the parent mapping, or the index in the parent sequence.
    var key: ConfigurationKey?

    init(_ content: Content, origin: Origin) {
        self.content = content
        self.origin = origin
        adoptChildren()
    }

    /// Makes a node of a text as a file or an argument gives it: `???` and interpolations are recognised.
    ///
    /// - Throws: `ConfigurationError` if an interpolation is malformed.
    convenience init(text: String, origin: Origin) throws {
        self.init(try Content(text: text, origin: origin), origin: origin)
    }

    static func emptyMapping(origin: Origin) -> ConfigurationNode {
        ConfigurationNode(.mapping([:]), origin: origin)
    }

    /// Tells all children that this node is their parent.
    func adoptChildren() {
        switch content {
        case .mapping(let entries):
            for (key, child) in entries {
                child.parent = self
                child.key = key
            }
        case .sequence(let items):
            for (index, child) in items.enumerated() {
                child.parent = self
                child.key = .integer(WholeNumber(index))
            }
        case .scalar, .missing, .interpolation: break
        }
    }

    /// A copy of the node and all below it, without a parent.
    func copy() -> ConfigurationNode {
        let content: Content =
            switch self.content {
            case .mapping(let entries): .mapping(entries.mapValues { $0.copy() })
            case .sequence(let items): .sequence(items.map { $0.copy() })
            default: self.content
            }
        let copy = ConfigurationNode(content, origin: origin)
        copy.keyOrigin = keyOrigin
        copy.overridden = overridden
        copy.type = type
        return copy
    }

    /// The node at the top of the tree.
    var root: ConfigurationNode {
        var node = self
        while let parent = node.parent { node = parent }
        return node
    }
}

/// A value that was set and then replaced.
public final class OverriddenValue {
    /// The value, as YAML on one line.
    public let text: String
    /// Where it had been set.
    public let origin: Origin
    /// What it had itself replaced.
    public let previous: OverriddenValue?

    init(_ node: ConfigurationNode) {
        text = node.shortText
        origin = node.origin
        previous = node.overridden
    }
}

extension ConfigurationNode.Content {
    /// - Throws: `ConfigurationError` if an interpolation is malformed.
    init(text: String, origin: Origin) throws {
        if text == "???" {
            self = .missing
        } else if Interpolation.isInterpolation(text) {
            self = .interpolation(try Interpolation(parsing: text, origin: origin))
        } else {
            self = .scalar(.string(text))
        }
    }
}

// MARK: - Asking a node what it is

extension ConfigurationNode {
    /// The entries if the node is a mapping.
    public var entries: OrderedDictionary<ConfigurationKey, ConfigurationNode>? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The items if the node is a sequence.
    public var items: [ConfigurationNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// The scalar if the node holds one.
    public var scalar: Scalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The text if the node holds a string that is no interpolation.
    public var string: String? {
        if case .scalar(.string(let text)) = content { text } else { nil }
    }

    /// Whether the node is a mapping or a list.
    public var isContainer: Bool {
        switch content {
        case .mapping, .sequence: true
        case .scalar, .missing, .interpolation: false
        }
    }

    var isMapping: Bool { entries != nil }

    var isMissing: Bool {
        if case .missing = content { true } else { false }
    }

    var isNull: Bool {
        if case .scalar(.null) = content { true } else { false }
    }

    var interpolation: Interpolation? {
        if case .interpolation(let interpolation) = content { interpolation } else { nil }
    }

    /// The child under a string key of a mapping.
    public subscript(key: String) -> ConfigurationNode? { entries?[.string(key)] }

    /// The path from the root: `a.b[0]`; empty for the root.
    public var path: String {
        guard let parent, let key else { return "" }
        return KeyPathText.join(parent.path, key.description, inSequence: parent.items != nil)
    }

    /// The name of the kind of value, for messages.
    var kindName: String {
        switch content {
        case .scalar(let scalar): scalar.spokenDescription
        case .missing: "the missing value ???"
        case .interpolation(let interpolation): "the interpolation '\(interpolation.text)'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        }
    }

    /// The value on one line, shortened where long, for messages and histories.
    var shortText: String {
        switch content {
        case .scalar(.string(let text)): text.count > 60 ? text.prefix(57) + "…" : text
        case .scalar(.null): "null"
        case .scalar(.boolean(let flag)): flag ? "true" : "false"
        case .scalar(let scalar): scalar.pythonString
        case .missing: "???"
        case .interpolation(let interpolation): interpolation.text
        case .mapping(let entries): entries.isEmpty ? "{}" : "{…} (\(entries.count) keys)"
        case .sequence(let items): items.isEmpty ? "[]" : "[…] (\(items.count) items)"
        }
    }
}

// MARK: - Changing a node

extension ConfigurationNode {
    /// Puts a node under a key of this mapping, at its old place if the key exists.
    func set(_ key: ConfigurationKey, _ child: ConfigurationNode) {
        guard case .mapping(var entries) = content else { return }
        if let old = entries[key], old !== child {
            child.remember(old)
        }
        // Without this the dictionary would be copied: the node must not hold a second reference while it changes.
        content = .missing
        entries[key] = child
        content = .mapping(entries)
        child.parent = self
        child.key = key
    }

    /// Replaces an item of this sequence.
    func set(index: Int, _ child: ConfigurationNode) {
        guard case .sequence(var items) = content, items.indices.contains(index) else { return }
        child.remember(items[index])
        content = .missing
        items[index] = child
        content = .sequence(items)
        child.parent = self
        child.key = .integer(WholeNumber(index))
    }

    /// Takes a key out of this mapping.
    @discardableResult
    func remove(_ key: ConfigurationKey) -> ConfigurationNode? {
        guard case .mapping(var entries) = content else { return nil }
        content = .missing
        let removed = entries.removeValue(forKey: key)
        content = .mapping(entries)
        return removed
    }

    /// Appends an item to this sequence.
    func append(_ child: ConfigurationNode) {
        guard case .sequence(var items) = content else { return }
        content = .missing
        child.parent = self
        child.key = .integer(WholeNumber(items.count))
        items.append(child)
        content = .sequence(items)
    }

    /// Records that this node takes the place of another one.
    func remember(_ old: ConfigurationNode) {
        overridden = OverriddenValue(old)
    }
}
