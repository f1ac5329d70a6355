extension Override {
    /// An argument that sets a key to a text, whatever characters it holds.
    public static func argument(_ key: String, _ text: String) -> String {
        key + "=" + OverrideElement.quoted(text, .single)
    }
}

extension OverrideElement {
    /// The value as it is written in an argument, special characters escaped.
    var argumentText: String {
        switch self {
        case .scalar(.null): "null"
        case .scalar(.string(let text)): Self.escaped(text)
        case .scalar(let scalar): scalar.pythonString
        case .quoted(let text, let quote): Self.quoted(text, quote)
        case .list(let items): "[" + items.map(\.argumentText).joined(separator: ",") + "]"
        case .dictionary(let entries):
            "{"
                + entries.map { "\(OverrideElement.scalar($0.key).argumentText):\($0.value.argumentText)" }
                .joined(separator: ",") + "}"
        }
    }

    /// A node with the value.
    ///
    /// - Throws: `ConfigurationError` if a string is a malformed interpolation, or a dictionary has a null key.
    func node(origin: Origin) throws -> ConfigurationNode {
        switch self {
        case .scalar(.string(let text)), .quoted(let text, _): return try ConfigurationNode(text: text, origin: origin)
        case .scalar(let scalar): return ConfigurationNode(.scalar(scalar), origin: origin)
        case .list(let items):
            return ConfigurationNode(.sequence(try items.map { try $0.node(origin: origin) }), origin: origin)
        case .dictionary(let entries):
            let node = ConfigurationNode.emptyMapping(origin: origin)
            for (key, value) in entries {
                guard let key = ConfigurationKey(key) else { throw ConfigurationError(.nullKey, at: origin) }
                let child = try value.node(origin: origin)
                node.set(key, child)
                child.overridden = nil
            }
            return node
        }
    }

    /// The value without the memory of its quotes.
    var unquoted: OverrideElement {
        if case .quoted(let text, _) = self { .scalar(.string(text)) } else { self }
    }

    /// The text if the value is a string, quoted or not.
    var string: String? {
        switch self {
        case .scalar(.string(let text)), .quoted(let text, _): text
        default: nil
        }
    }

    /// What the value is called in messages.
    var kindName: String {
        switch self {
        case .scalar(let scalar): scalar.spokenDescription
        case .quoted(let text, _): "the string '\(text)'"
        case .list: "a list"
        case .dictionary: "a dictionary"
        }
    }

    private static let special = Set<Character>("\\()[]{}:=, \t")

    /// A text with a backslash before every character that means something in an argument.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if special.contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }

    /// A text in quotes: quotation marks of its kind get a backslash, and backslashes directly before one are doubled.
    static func quoted(_ text: String, _ quote: Quote) -> String {
        let mark = quote.rawValue
        var result = String(mark)
        var backslashes = 0
        for character in text {
            if character == "\\" {
                backslashes += 1
            } else {
                if character == mark {
                    result += String(repeating: "\\", count: backslashes + 1)
                }
                backslashes = 0
            }
            result.append(character)
        }
        result += String(repeating: "\\", count: backslashes)
        result.append(mark)
        return result
    }
}
