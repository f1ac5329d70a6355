import OrderedCollections

/// One item of a defaults list.
struct DefaultsItem {
    /// What the item names.
    enum Kind {
        /// `- config` or `- _self_`
        case config(path: String)
        /// `- group: option`; nil for null, several for a list
        case group(name: String, value: Choice)
    }

    /// What is chosen of a group.
    enum Choice: Equatable {
        case none
        case option(String)
        case options([String])

        /// The choice as a value of the settings `hydra.runtime.choices`, and in messages.
        var text: String {
            switch self {
            case .none: "null"
            case .option(let name): name
            case .options(let names): "[" + names.joined(separator: ", ") + "]"
            }
        }
    }

    var kind: Kind
    /// The package after `@`; the empty one for `_here_`.
    var package: String?
    var isOptional = false
    var isOverride = false
    /// Added by `+group=option` on the command line.
    var isAppended = false
    /// A word before the group that means nothing: it and what follows it are ignored, with a warning.
    private(set) var unknownKeyword: String?
    let origin: Origin

    init(kind: Kind, package: String? = nil, isOptional: Bool = false, isAppended: Bool = false, origin: Origin) {
        self.kind = kind
        self.package = package == "_here_" ? "" : package
        self.isOptional = isOptional
        self.isAppended = isAppended
        self.origin = origin
    }

    /// Reads an item of a file.
    ///
    /// - Throws: `ConfigurationError` if it has none of the allowed forms.
    init(_ node: ConfigurationNode) throws {
        func failure(_ problem: String) -> ConfigurationError {
            ConfigurationError(.defaultsItem(problem), at: node.origin)
        }
        switch node.content {
        case .scalar(.string(let text)):
            try self.init(config: text, origin: node.origin)
        case .interpolation(let interpolation):
            try self.init(config: interpolation.text, origin: node.origin)
        case .missing:
            try self.init(config: "???", origin: node.origin)
        case .mapping(let entries):
            guard entries.count <= 1 else {
                throw failure(
                    "it has \(entries.count) keys (\(entries.keys.map(\.description).joined(separator: ", "))), "
                        + "but names one group only; start each with '- '")
            }
            guard let (key, value) = entries.elements.first else { throw failure("it names no group") }
            guard let key = key.string else { throw failure("the group's name must be a string") }
            try self.init(group: key, value: value)
        default:
            throw failure("it must be a name or 'group: option', not \(node.kindName)")
        }
    }

    private init(config text: String, origin: Origin) throws {
        let (path, package) = Self.splitPackage(text)
        self.init(kind: .config(path: path), package: package, origin: origin)
        if path == "_self_", package != nil { throw ConfigurationError(.selfWithPackage, at: origin) }
    }

    private init(group key: String, value: ConfigurationNode) throws {
        let (words, package) = Self.splitPackage(key)
        var keywords = words.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let group = keywords.popLast() ?? ""
        let choice: Choice
        switch value.content {
        case .scalar(.null): choice = .none
        case .scalar(.string(let name)): choice = .option(name)
        case .interpolation(let interpolation): choice = .option(interpolation.text)
        case .missing: choice = .option("???")
        case .sequence(let items):
            choice = .options(
                try items.map { item in
                    switch item.content {
                    case .scalar(.string(let name)): return name
                    case .interpolation(let interpolation):
                        throw ConfigurationError(.interpolationInOptionList(interpolation.text), at: item.origin)
                    case .missing: return "???"
                    default:
                        throw ConfigurationError(
                            .defaultsItem("options must be names, not \(item.kindName)"), at: item.origin)
                    }
                })
        default:
            throw ConfigurationError(
                .defaultsItem("an option must be a name, a list of names or null, not \(value.kindName)"),
                at: value.origin)
        }
        if group.isEmpty { throw ConfigurationError(.defaultsItem("it names no group"), at: value.origin) }
        self.init(kind: .group(name: group, value: choice), package: package, origin: value.keyOrigin ?? value.origin)
        for keyword in keywords {
            switch keyword {
            case "optional": isOptional = true
            case "override": isOverride = true
            default:
                unknownKeyword = keyword
                return
            }
        }
    }

    /// Cuts `name@package` apart.
    ///
    /// What follows a colon in the package is ignored, as Hydra does.
    private static func splitPackage(_ text: String) -> (name: String, package: String?) {
        guard let at = text.firstIndex(of: "@") else { return (text, nil) }
        let package = text[text.index(after: at)...]
        return (String(text[..<at]), String(package.prefix { $0 != ":" }))
    }

    var isSelf: Bool {
        switch kind {
        case .config(let path): path == "_self_"
        case .group(_, let value): value == .option("_self_")
        }
    }
}
