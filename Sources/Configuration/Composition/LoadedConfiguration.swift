import OrderedCollections

/// One configuration file, read: its content, its defaults list and its header.
final class LoadedConfiguration {
    /// The content without the defaults list.
    ///
    /// Taken over by the first merge: later ones get a copy.
    let content: ConfigurationNode
    /// The defaults list; nil if the file has none.
    let defaults: [DefaultsItem]?
    /// What the header `# @package …` says.
    let packageHeader: String?
    let source: SourceText

    init(_ source: SourceText) throws {
        self.source = source
        packageHeader = try Self.packageHeader(of: source)
        let content = try Self.container(source)
        var defaults: [DefaultsItem]?
        if let list = content.remove("defaults") {
            guard let items = list.items else {
                throw ConfigurationError(.defaultsNotList(found: list.kindName), at: list.keyOrigin ?? list.origin)
            }
            defaults = try items.map(DefaultsItem.init)
        }
        self.content = content
        self.defaults = defaults
    }

    /// Reads a text that must hold a mapping or a list; nothing is an empty mapping, a bare word a key without a value.
    ///
    /// - Throws: `ConfigurationError` if it is no YAML, or another scalar.
    static func container(_ source: SourceText) throws -> ConfigurationNode {
        let start = Origin(.file(source), line: 1, column: 1)
        let empty = ConfigurationNode.emptyMapping(origin: start)
        guard let content = try YAMLReader.read(source) else { return empty }
        switch content.content {
        case .mapping, .sequence: return content
        case .scalar(.null): return empty
        case .scalar(.string(let text)): empty.set(.string(text), ConfigurationNode(.scalar(.null), origin: start))
        case .missing: empty.set("???", ConfigurationNode(.scalar(.null), origin: start))
        case .scalar, .interpolation:
            throw ConfigurationError(.rootIsScalar(content.kindName), at: content.origin)
        }
        return empty
    }

    /// Whether there is anything besides the defaults list.
    var hasContent: Bool {
        content.entries?.values.contains { !$0.isMissing } ?? false
    }

    /// The package of the header.
    ///
    /// Only blank lines and `# @…` lines may stand before it.
    private static func packageHeader(of source: SourceText) throws -> String? {
        var package: String?
        let head = String(decoding: source.bytes.prefix(512), as: UTF8.self)
        for (index, line) in head.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = String(line).trimmingBlanks
            if line.isEmpty { continue }
            guard line.first == "#" else { break }
            let text = line.dropFirst().drop { $0.isWhitespace }
            guard text.first == "@" else { break }
            let words = text.split(separator: " ")
            guard words.count == 2 else {
                throw ConfigurationError(
                    .malformedPackageHeader(line), at: Origin(.file(source), line: index + 1, column: 1))
            }
            if words[0] == "@package" { package = String(words[1]) }
        }
        return package
    }
}
