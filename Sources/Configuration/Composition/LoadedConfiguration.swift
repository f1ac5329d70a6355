import OrderedCollections

/// One configuration file, read: its content, its defaults list and its header.
final class LoadedConfiguration {
    /// The content without the defaults list. Taken over by the first merge: later ones get a copy.
    let content: ConfigurationNode
    /// The defaults list; nil if the file has none.
    let defaults: [DefaultsItem]?
    /// What the header `# @package …` says.
    let packageHeader: String?
    let source: SourceText

    init(_ source: SourceText, isTypedHydraRoot: Bool = false) throws {
        self.source = source
        packageHeader = try Self.packageHeader(of: source)
        let start = Origin(.file(source), line: 1, column: 1)
        var content = try YAMLReader.read(source) ?? .emptyMapping(origin: start)
        switch content.content {
        case .mapping, .sequence: break
        case .scalar(.string(let text)):
            // A bare word is a key without a value.
            let word = content
            content = .emptyMapping(origin: start)
            content.set(.string(text), ConfigurationNode(.scalar(.null), origin: word.origin))
        case .missing:
            content = .emptyMapping(origin: start)
            content.set("???", ConfigurationNode(.scalar(.null), origin: start))
        case .scalar(.null): content = .emptyMapping(origin: start)
        case .scalar, .interpolation:
            throw ConfigurationError(.rootIsScalar(content.kindName), at: content.origin)
        }
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

    /// Whether there is anything besides the defaults list.
    var hasContent: Bool {
        content.entries?.values.contains { !$0.isMissing } ?? false
    }

    /// The package of the header. Only blank lines and `# @…` lines may stand before it.
    private static func packageHeader(of source: SourceText) throws -> String? {
        var package: String?
        let head = String(decoding: source.bytes.prefix(512), as: UTF8.self)
        for (index, line) in head.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = String(line).trimmingBlanks
            if line.isEmpty { continue }
            guard line.first == "#" else { break }
            let text = line.drop { $0 == "#" }.drop { $0.isWhitespace }
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
