public import OrderedCollections

/// A value of a finished configuration: resolved, immutable, and still knowing where it was set.
public struct ConfigurationValue: Sendable {
    /// What the value is.
    public indirect enum Content: Sendable {
        case scalar(Scalar)
        /// `???`: nobody has set it.
        case missing
        case mapping(OrderedDictionary<ConfigurationKey, ConfigurationValue>)
        case sequence([ConfigurationValue])
    }

    /// What the value is.
    public let content: Content
    /// Where it was set.
    public let origin: Origin
    /// Where its key stands, if in a file.
    public let keyOrigin: Origin?
    /// Its path from the root: `a.b[0]`.
    public let path: String

    /// A value with its place.
    public init(_ content: Content, origin: Origin, keyOrigin: Origin? = nil, path: String) {
        self.content = content
        self.origin = origin
        self.keyOrigin = keyOrigin
        self.path = path
    }

    /// The entries if the value is a mapping.
    public var entries: OrderedDictionary<ConfigurationKey, ConfigurationValue>? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The items if the value is a list.
    public var items: [ConfigurationValue]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// The scalar if the value is one.
    public var scalar: Scalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The value under a string key of a mapping.
    public subscript(key: String) -> ConfigurationValue? { entries?[.string(key)] }

    /// The text if the value is a string.
    public var string: String? {
        if case .scalar(.string(let text)) = content { text } else { nil }
    }

    /// Whether the value is null.
    public var isNull: Bool {
        if case .scalar(.null) = content { true } else { false }
    }

    /// The kind of value as messages name it.
    public var kindName: String {
        switch content {
        case .scalar(let scalar): scalar.spokenDescription
        case .missing: "the missing value ???"
        case .mapping: "a mapping"
        case .sequence: "a list"
        }
    }

    /// A mapping without some of its keys; any other value as it is.
    public func removing(_ keys: Set<String>) -> ConfigurationValue {
        guard var entries else { return self }
        entries.removeAll { key, _ in key.string.map(keys.contains) ?? false }
        return ConfigurationValue(.mapping(entries), origin: origin, keyOrigin: keyOrigin, path: path)
    }
}

extension ConfigurationNode {
    /// The tree as immutable values.
    ///
    /// What still looks like an interpolation after resolution is plain text.
    public var value: ConfigurationValue { value(at: path) }

    private func value(at path: String) -> ConfigurationValue {
        let content: ConfigurationValue.Content =
            switch self.content {
            case .scalar(let scalar): .scalar(scalar)
            case .missing: .missing
            case .interpolation(let interpolation): .scalar(.string(interpolation.text))
            case .mapping(let entries):
                .mapping(
                    OrderedDictionary(
                        uniqueKeysWithValues: entries.map { key, child in
                            (key, child.value(at: KeyPathText.join(path, key.description, inSequence: false)))
                        }))
            case .sequence(let items):
                .sequence(
                    items.enumerated().map { index, item in
                        item.value(at: KeyPathText.join(path, String(index), inSequence: true))
                    })
            }
        return ConfigurationValue(content, origin: origin, keyOrigin: keyOrigin, path: path)
    }
}

extension ConfigurationValue {
    /// Reads a value from YAML text; interpolations in it are resolved.
    ///
    /// - Throws: `ConfigurationError` if it is no YAML or an interpolation cannot be resolved.
    public init(yaml: String, name: String = "yaml") throws {
        let node = try LoadedConfiguration.container(SourceText(name: name, bytes: Array(yaml.utf8)))
        try node.resolveInPlace(in: ResolutionContext())
        self = node.value
    }

    /// Reads a value from YAML text that is no configuration: `${…}` and `???` are plain text.
    ///
    /// - Returns: Nil if the text holds no value.
    /// - Throws: `ConfigurationError` if it is no YAML.
    public static func plain(yaml: String, name: String) throws -> ConfigurationValue? {
        try YAMLReader.read(SourceText(name: name, bytes: Array(yaml.utf8)), isConfiguration: false)?.value
    }

    /// The value and all below it as YAML.
    public var yamlText: String { node.yaml }

    /// The value as a node of its own, its strings as plain text.
    var node: ConfigurationNode {
        let content: ConfigurationNode.Content =
            switch self.content {
            case .scalar(let scalar): .scalar(scalar)
            case .missing: .missing
            case .mapping(let entries): .mapping(entries.mapValues(\.node))
            case .sequence(let items): .sequence(items.map(\.node))
            }
        return ConfigurationNode(content, origin: origin)
    }
}
