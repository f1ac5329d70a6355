import OrderedCollections

/// Reads one YAML document into configuration nodes that know their places.
struct YAMLReader {
    private let source: SourceText
    private let stream: YAMLEventStream
    /// Whether interpolations and `???` mean something, as they do in configurations.
    private let isConfiguration: Bool
    private var anchors: [String: ConfigurationNode] = [:]
    private var depth = 0
    private var valueCount = 0

    /// Deeper than anyone writes, and shallow enough for any stack.
    static let depthLimit = 200
    /// Aliases can multiply values without end; nobody configures a million of them.
    static let valueLimit = 1_000_000

    private init(_ source: SourceText, isConfiguration: Bool) throws {
        self.source = source
        self.isConfiguration = isConfiguration
        stream = try YAMLEventStream(source)
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - source: The text.
    ///   - isConfiguration: Whether interpolations and `???` mean something; in other files they are plain text.
    /// - Returns: nil if the text holds no value: it is empty, or all comments.
    /// - Throws: `ConfigurationError` with the place of what is wrong.
    static func read(_ source: SourceText, isConfiguration: Bool = true) throws -> ConfigurationNode? {
        guard String(validating: source.bytes, as: UTF8.self) != nil else {
            throw ConfigurationError(
                .notUTF8(path: source.name), at: Origin(.file(source)))
        }
        if source.bytes.contains(UInt8(ascii: "\t")) {
            try YAMLTabCheck(source).run()
        }
        var reader = try YAMLReader(source, isConfiguration: isConfiguration)
        return try reader.readDocument()
    }

    private func origin(_ mark: YAMLMark) -> Origin {
        Origin(.file(source), line: mark.line, column: mark.column)
    }

    private mutating func readDocument() throws -> ConfigurationNode? {
        var root: ConfigurationNode?
        var documents = 0
        while true {
            let event = try stream.next()
            switch event.kind {
            case .streamStart, .documentEnd: continue
            case .documentStart:
                documents += 1
                if documents > 1 { throw ConfigurationError(.severalDocuments, at: origin(event.start)) }
            case .streamEnd: return root
            default:
                root = try readNode(event)
            }
        }
    }

    private mutating func readNode(_ event: YAMLEvent) throws -> ConfigurationNode {
        valueCount += 1
        if valueCount > Self.valueLimit {
            throw ConfigurationError(.tooManyValues(limit: Self.valueLimit), at: origin(event.start))
        }
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit {
            throw ConfigurationError(.nestedTooDeeply(limit: Self.depthLimit), at: origin(event.start))
        }
        switch event.kind {
        case .alias(let anchor):
            guard let target = anchors[anchor] else {
                throw ConfigurationError(.unknownAlias(anchor), at: origin(event.start))
            }
            valueCount += target.size
            if valueCount > Self.valueLimit {
                throw ConfigurationError(.tooManyValues(limit: Self.valueLimit), at: origin(event.start))
            }
            if depth + target.height > Self.depthLimit {
                throw ConfigurationError(.nestedTooDeeply(limit: Self.depthLimit), at: origin(event.start))
            }
            return target.copy()
        case .scalar(let text, let isPlain):
            let scalar = try resolve(text, isPlain: isPlain, event)
            let content: ConfigurationNode.Content =
                if isConfiguration, case .string(let text) = scalar {
                    try .init(text: text, origin: origin(event.start))
                } else {
                    .scalar(scalar)
                }
            let node = ConfigurationNode(content, origin: origin(event.start))
            try remember(node, event)
            return node
        case .sequenceStart:
            try expectTag("tag:yaml.org,2002:seq", event)
            return try readSequence(event)
        case .mappingStart:
            try expectTag("tag:yaml.org,2002:map", event)
            return try readMapping(event)
        default: throw ConfigurationError(.yamlSyntax("unexpected end of a value"), at: origin(event.start))
        }
    }

    /// Binds the node to its anchor.
    private mutating func remember(_ node: ConfigurationNode, _ event: YAMLEvent) throws {
        guard let anchor = event.anchor else { return }
        if anchors[anchor] != nil { throw ConfigurationError(.duplicateAnchor(anchor), at: origin(event.start)) }
        anchors[anchor] = node
    }

    private func expectTag(_ expected: String, _ event: YAMLEvent) throws {
        if let tag = event.tag, tag != expected, tag != "!" {
            throw ConfigurationError(.unsupportedTag(tag.shortTag), at: origin(event.start))
        }
    }

    private mutating func readSequence(_ start: YAMLEvent) throws -> ConfigurationNode {
        let node = ConfigurationNode(.sequence([]), origin: origin(start.start))
        var items: [ConfigurationNode] = []
        while true {
            let event = try stream.next()
            if case .sequenceEnd = event.kind { break }
            items.append(try readNode(event))
        }
        node.content = .sequence(items)
        node.adoptChildren()
        try remember(node, start)
        return node
    }

    private mutating func readMapping(_ start: YAMLEvent) throws -> ConfigurationNode {
        var entries: OrderedDictionary<ConfigurationKey, ConfigurationNode> = [:]
        var merged: [[(ConfigurationKey, ConfigurationNode)]] = []
        while true {
            let event = try stream.next()
            if case .mappingEnd = event.kind { break }
            guard let key = try readKey(event) else {
                merged.append(contentsOf: try readMerge(stream.next()))
                continue
            }
            if let first = entries[key] {
                throw ConfigurationError(
                    .duplicateKey(key.description, firstLine: first.keyOrigin?.line ?? 0), at: origin(event.start))
            }
            let value = try readNode(stream.next())
            value.keyOrigin = origin(event.start)
            entries[key] = value
        }
        if !merged.isEmpty {
            // Merged entries come first, the own ones override them in place.
            var all: OrderedDictionary<ConfigurationKey, ConfigurationNode> = [:]
            for (key, value) in merged.joined() { all[key] = value }
            for (key, value) in entries { all[key] = value }
            entries = all
        }
        let node = ConfigurationNode(.mapping(entries), origin: origin(start.start))
        try remember(node, start)
        return node
    }

    /// The key of an entry; nil for the merge key `<<`.
    private mutating func readKey(_ event: YAMLEvent) throws -> ConfigurationKey? {
        let scalar: Scalar
        switch event.kind {
        case .scalar(let text, let isPlain):
            if isPlain, event.tag == nil || event.tag == "!", text == "<<" { return nil }
            if isPlain, event.tag == nil, text == "=" {
                // PyYAML reads this one as an ordinary key.
                return .string(text)
            }
            scalar = try resolve(text, isPlain: isPlain, event)
            if event.anchor != nil {
                try remember(ConfigurationNode(.scalar(scalar), origin: origin(event.start)), event)
            }
        case .alias(let anchor):
            guard let node = anchors[anchor] else {
                throw ConfigurationError(.unknownAlias(anchor), at: origin(event.start))
            }
            switch node.content {
            case .scalar(let target): scalar = target
            case .missing: scalar = .string("???")
            case .interpolation(let interpolation): scalar = .string(interpolation.text)
            case .mapping, .sequence: throw ConfigurationError(.containerAsKey, at: origin(event.start))
            }
        default: throw ConfigurationError(.containerAsKey, at: origin(event.start))
        }
        guard let key = ConfigurationKey(scalar) else { throw ConfigurationError(.nullKey, at: origin(event.start)) }
        return key
    }

    /// The mappings that a merge key brings in, the ones that count least first.
    private mutating func readMerge(_ event: YAMLEvent) throws -> [[(ConfigurationKey, ConfigurationNode)]] {
        let node = try readNode(event)
        let mappings = node.items?.reversed() ?? [node]
        return try mappings.map { mapping in
            guard let entries = mapping.entries else {
                throw ConfigurationError(.notMergeable, at: origin(event.start))
            }
            return entries.map { ($0.key, $0.value) }
        }
    }

    private func resolve(_ text: String, isPlain: Bool, _ event: YAMLEvent) throws -> Scalar {
        let tag: YAMLScalarType.Tag
        switch event.tag {
        case nil: tag = isPlain ? YAMLScalarType.tag(of: text) : .string
        case "!": tag = YAMLScalarType.tag(of: text)
        case "tag:yaml.org,2002:str": tag = .string
        case "tag:yaml.org,2002:int": tag = .integer
        case "tag:yaml.org,2002:float": tag = .float
        case "tag:yaml.org,2002:bool": tag = .boolean
        case "tag:yaml.org,2002:null": tag = .null
        case .some(let other): throw ConfigurationError(.unsupportedTag(other.shortTag), at: origin(event.start))
        }
        if tag == .merge || tag == .value {
            throw ConfigurationError(.unquotedIndicator(text), at: origin(event.start))
        }
        // An explicit tag takes booleans in any case.
        let text = tag == .boolean && event.tag != nil ? text.lowercased() : text
        guard let value = YAMLScalarType.value(of: text, tag: tag) else {
            throw ConfigurationError(
                .scalarNotOfTag(value: text, tag: event.tag?.shortTag ?? "a number"), at: origin(event.start))
        }
        return value
    }
}

extension String {
    /// `!!int` for YAML's own tags, others as written.
    fileprivate var shortTag: String {
        let prefix = "tag:yaml.org,2002:"
        return hasPrefix(prefix) ? "!!" + dropFirst(prefix.count) : self
    }
}

extension ConfigurationNode {
    /// The number of values in the tree.
    fileprivate var size: Int {
        switch content {
        case .mapping(let entries): entries.values.reduce(1) { $0 + $1.size }
        case .sequence(let items): items.reduce(1) { $0 + $1.size }
        case .scalar, .missing, .interpolation: 1
        }
    }

    /// The number of levels below this node.
    fileprivate var height: Int {
        switch content {
        case .mapping(let entries): (entries.values.map(\.height).max() ?? -1) + 1
        case .sequence(let items): (items.map(\.height).max() ?? -1) + 1
        case .scalar, .missing, .interpolation: 0
        }
    }
}

/// Finds tabs where YAML allows only blanks: between tokens and inside plain scalars.
///
/// libyaml lets some of them pass that PyYAML, and so Hydra, refuses.
private struct YAMLTabCheck {
    let source: SourceText

    init(_ source: SourceText) {
        self.source = source
    }

    func run() throws {
        let stream = try YAMLEventStream(source)
        let characters = Array(String(decoding: source.bytes, as: UTF8.self).unicodeScalars)
        let offset = characters.first == "\u{FEFF}" ? 1 : 0
        var gapStart = 0
        var depth = 0
        while true {
            let event = try stream.next()
            switch event.kind {
            case .sequenceStart, .mappingStart: depth += 1
            case .sequenceEnd, .mappingEnd: depth -= 1
            default: break
            }
            // The reader refuses what is nested deeper.
            if depth > YAMLReader.depthLimit { return }
            switch event.kind {
            case .scalar(_, let isPlain):
                try checkGap(characters, gapStart..<(event.start.index + offset))
                if isPlain {
                    try checkText(characters, (event.start.index + offset)..<(event.end.index + offset))
                }
                gapStart = event.end.index + offset
            case .streamEnd:
                return try checkGap(characters, gapStart..<characters.count)
            default:
                try checkGap(characters, gapStart..<(event.start.index + offset))
                gapStart = max(gapStart, event.end.index + offset)
            }
        }
    }

    /// Between tokens, a tab may stand in a comment only.
    private func checkGap(_ characters: [Unicode.Scalar], _ range: Range<Int>) throws {
        var isComment = false
        for index in range.clamped(to: 0..<characters.count) {
            switch characters[index] {
            case "#": isComment = true
            case "\n", "\r": isComment = false
            case "\t" where !isComment: throw tab(characters, at: index)
            default: break
            }
        }
    }

    private func checkText(_ characters: [Unicode.Scalar], _ range: Range<Int>) throws {
        let range = range.clamped(to: 0..<characters.count)
        if let index = characters[range].firstIndex(of: "\t") { throw tab(characters, at: index) }
    }

    private func tab(_ characters: [Unicode.Scalar], at index: Int) -> ConfigurationError {
        let before = characters[..<index]
        let lineStart = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return ConfigurationError(
            .tabBetweenTokens,
            at: Origin(
                .file(source), line: before.count { $0 == "\n" } + 1, column: index - lineStart + 1))
    }
}
