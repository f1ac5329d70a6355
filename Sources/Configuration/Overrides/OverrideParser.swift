/// Where and why an argument is no override.
struct OverrideSyntaxError: Error {
    /// Counted in Unicode scalars.
    let offset: Int
    let problem: String
}

/// Parses one argument of the command line.
///
/// Source: the override grammar of Hydra 1.3 (https://hydra.cc/docs/1.3/advanced/override_grammar/basic).
public struct OverrideParser: TokenReader {
    private let argument: String
    let lexicon: Lexicon
    var position = 0
    private var depth = 0

    private static let depthLimit = 100

    private init(_ argument: String) {
        self.argument = argument
        lexicon = Lexicon(argument)
    }

    /// Parses one argument.
    ///
    /// - Throws: `ConfigurationError` that names the argument and the place in it.
    public static func parse(_ argument: String) throws -> Override {
        var parser = OverrideParser(argument)
        do {
            return try parser.parseOverride()
        } catch let error as OverrideSyntaxError {
            throw ConfigurationError(
                .overrideSyntax(argument: argument, offset: error.offset, problem: error.problem),
                at: Origin(.commandLine(argument: argument), column: error.offset + 1))
        }
    }

    private func failure(_ problem: String, at offset: Int? = nil) -> OverrideSyntaxError {
        OverrideSyntaxError(offset: offset ?? position, problem: problem)
    }

    // MARK: - The key

    private mutating func parseOverride() throws -> Override {
        let action: Override.Action
        switch (lexicon[0], lexicon[1]) {
        case ("~", _): (action, position) = (.delete, 1)
        case ("+", "+"): (action, position) = (.forceAdd, 2)
        case ("+", _): (action, position) = (.add, 1)
        default: action = .change
        }
        let key = try parseGroupOrKey()
        var package: String?
        if lexicon[position] == "@" {
            position += 1
            package = try parsePackage()
        }
        switch lexicon[position] {
        case "=":
            position = lexicon.skipBlanks(position + 1)
            let value = try parseValue()
            return Override(argument: argument, action: action, key: key, package: package, value: value)
        case nil where action == .delete:
            return Override(argument: argument, action: action, key: key, package: package, value: nil)
        case nil:
            throw failure("expected '=' and a value")
        case .some(let scalar):
            throw failure("'\(Character(scalar))' is not allowed in a key")
        }
    }

    /// `a/b/c` or `a.b.0.c`; empty for the whole configuration.
    private mutating func parseGroupOrKey() throws -> String {
        let start = position
        guard let end = lexicon.identifier(position), lexicon[end] == "/" else { return try parsePackage() }
        position = end
        while lexicon[position] == "/" {
            guard let end = lexicon.identifier(position + 1) else {
                throw failure("expected the name of a config group", at: position + 1)
            }
            position = end
        }
        return lexicon.text(start..<position)
    }

    /// Keys and indices between dots.
    private mutating func parsePackage() throws -> String {
        let start = position
        guard let first = keyEnd(position) else { return "" }
        position = first
        var dots = 0
        while lexicon[position] == "." {
            guard let end = keyEnd(position + 1) else {
                throw failure("expected a key after the dot", at: position + 1)
            }
            position = end
            dots += 1
        }
        // A number is a key only in a path.
        if dots == 0, let scalar = lexicon[start], scalar.isDigit {
            throw failure("a key cannot be a number", at: start)
        }
        return lexicon.text(start..<position)
    }

    private func keyEnd(_ position: Int) -> Int? {
        guard let first = lexicon[position] else { return nil }
        if first.isDigit { return lexicon.unsignedInteger(position) }
        guard first.isLetter || first == "_" || first == "$" else { return nil }
        var end = position + 1
        while let scalar = lexicon[end],
            scalar.isLetter || scalar.isDigit || scalar == "_" || scalar == "-" || scalar == "$"
        { end += 1 }
        return end
    }

    // MARK: - The value

    private mutating func parseValue() throws -> OverrideValue {
        if lexicon[position] == nil { return .element(.scalar(.string(""))) }
        var values = [try parseElement()]
        while takeComma() { values.append(try parseElement()) }
        guard lexicon[position] == nil else { throw unexpectedCharacter() }
        if values.count == 1, let value = values.first {
            switch value {
            case .element(let element): return .element(element)
            case .sweep(let sweep): return .sweep(sweep)
            }
        }
        return .sweep(Sweep(values: .choice(try values.map { try element($0) }, isSimple: true)))
    }

    /// Sweeps cannot be nested in lists, dictionaries and choices.
    private func element(_ value: OverrideValue) throws -> OverrideElement {
        guard case .element(let element) = value else {
            throw failure("a sweep cannot stand inside another value")
        }
        return element
    }

    private func unexpectedCharacter() -> OverrideSyntaxError {
        guard let scalar = lexicon[position] else { return failure("the value ends too early") }
        let character = Character(scalar)
        switch scalar {
        case "(", ")", "[", "]", "{", "}", "=", ",", ":":
            return failure("unexpected '\(character)'; write '\\\(character)' or put the value in quotes")
        case "'", "\"": return failure("a quotation mark can only open and close a whole value")
        default: return failure("'\(character)' is only allowed between quotes")
        }
    }

    private mutating func parseElement() throws -> OverrideValue {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw failure("nested more than \(Self.depthLimit) levels deep") }
        guard let scalar = lexicon[position] else { throw failure("the value ends too early") }
        switch scalar {
        case "[": return .element(.list(try parseList()))
        case "{": return .element(.dictionary(try parseDictionary()))
        case "'", "\"":
            return .element(try parseQuoted(scalar))
        default:
            if let end = lexicon.identifier(position), lexicon[lexicon.skipBlanks(end)] == "(" {
                return try parseFunction(nameEnd: end)
            }
            return .element(.scalar(try parsePrimitive(isKey: false)))
        }
    }

    private mutating func parseList() throws -> [OverrideElement] {
        let start = position
        position = lexicon.skipBlanks(position + 1)
        var items: [OverrideElement] = []
        if takeAfterBlanks("]") { return items }
        while true {
            items.append(try element(try parseElement()))
            if takeAfterBlanks("]") { return items }
            guard takeComma() else {
                throw lexicon[position] == nil ? failure("this '[' is not closed", at: start) : unexpectedCharacter()
            }
        }
    }

    private mutating func parseDictionary() throws -> [(key: Scalar, value: OverrideElement)] {
        let start = position
        position = lexicon.skipBlanks(position + 1)
        var entries: [(key: Scalar, value: OverrideElement)] = []
        var places: [ConfigurationKey: Int] = [:]
        if takeAfterBlanks("}") { return entries }
        while true {
            if let quote = lexicon[position], quote == "'" || quote == "\"" {
                throw failure("a key of a dictionary cannot be quoted")
            }
            let key = try parsePrimitive(isKey: true)
            let afterBlanks = lexicon.skipBlanks(position)
            guard lexicon[afterBlanks] == ":" else { throw failure("expected ':' after the key", at: afterBlanks) }
            position = lexicon.skipBlanks(afterBlanks + 1)
            let value = try element(try parseElement())
            // A repeated key keeps its place and gets the later value.
            let name = ConfigurationKey(key)
            if let index = name.flatMap({ places[$0] }) {
                entries[index].value = value
            } else {
                if let name { places[name] = entries.count }
                entries.append((key, value))
            }
            if takeAfterBlanks("}") { return entries }
            guard takeComma() else {
                throw lexicon[position] == nil ? failure("this '{' is not closed", at: start) : unexpectedCharacter()
            }
        }
    }

    /// A quoted string ends at the first quotation mark of its kind with an even number of backslashes before it.
    ///
    /// Backslashes mean something only in a run directly before such a mark.
    private mutating func parseQuoted(_ quote: Unicode.Scalar) throws -> OverrideElement {
        let start = position
        position += 1
        var text = String.UnicodeScalarView()
        var backslashes = 0
        while let scalar = lexicon[position] {
            position += 1
            if scalar == "\\" {
                backslashes += 1
                continue
            }
            if scalar == quote {
                text.append(contentsOf: repeatElement("\\", count: backslashes / 2))
                if backslashes % 2 == 0 {
                    return .quoted(String(text), quote == "'" ? .single : .double)
                }
            } else {
                text.append(contentsOf: repeatElement("\\", count: backslashes))
            }
            backslashes = 0
            text.append(scalar)
        }
        throw failure("this quotation mark is not closed", at: start)
    }

    /// Unquoted text.
    ///
    /// One word alone is typed; several make a string; blanks at the ends are dropped.
    private mutating func parsePrimitive(isKey: Bool) throws -> Scalar {
        let start = position
        var text = ""
        var pendingBlanks = ""
        var single: Scalar?
        var count = 0
        scan: while let scalar = lexicon[position] {
            if scalar == " " || scalar == "\t" || scalar == ":" {
                let afterBlanks = lexicon.skipBlanks(position)
                if lexicon[afterBlanks] == ":" {
                    if isKey { break scan }
                    let end = lexicon.skipBlanks(afterBlanks + 1)
                    text += pendingBlanks + lexicon.text(position..<end)
                    pendingBlanks = ""
                    if count == 0 { single = .string(text) }
                    count += 1
                    position = end
                    continue
                }
                if let next = lexicon[afterBlanks], ",]})=(".unicodeScalars.contains(next) { break scan }
                if count > 0 { pendingBlanks += lexicon.text(position..<afterBlanks) }
                position = afterBlanks
                continue
            }
            let end: Int
            let piece: String
            if scalar == "$", lexicon[position + 1] == "{", !isKey, let close = interpolationEnd() {
                end = close
                piece = lexicon.text(position..<end)
                single = .string(piece)
            } else if let word = lexicon.word(position) {
                end = word.end
                piece =
                    word.kind == .escapes
                    ? Lexicon.unescaped(lexicon.text(position..<end)) : lexicon.text(position..<end)
                single = lexicon.value(word.kind, position..<end)
            } else {
                break scan
            }
            text += pendingBlanks + piece
            pendingBlanks = ""
            count += 1
            position = end
        }
        guard count > 0 else {
            if lexicon[position] == nil, position > start { throw failure("the value is all blanks", at: start) }
            throw unexpectedCharacter()
        }
        if count == 1, let single { return single }
        return .string(text)
    }

    /// `${` up to the first closing brace, with something between.
    private func interpolationEnd() -> Int? {
        guard let close = lexicon.scalars[(position + 2)...].firstIndex(of: "}"), close > position + 2 else {
            return nil
        }
        return close + 1
    }

    // MARK: - Functions

    private mutating func parseFunction(nameEnd: Int) throws -> OverrideValue {
        let start = position
        let name = lexicon.text(position..<nameEnd)
        position = lexicon.skipBlanks(lexicon.skipBlanks(nameEnd) + 1)
        var call = OverrideFunctionCall(name: name)
        if !takeAfterBlanks(")") {
            while true {
                var argumentName: String?
                if let end = lexicon.identifier(position), lexicon[lexicon.skipBlanks(end)] == "=" {
                    argumentName = lexicon.text(position..<end)
                    position = lexicon.skipBlanks(lexicon.skipBlanks(end) + 1)
                }
                let value = try parseElement()
                if let argumentName {
                    call.named.append((argumentName, value))
                } else if call.named.isEmpty {
                    call.positional.append(value)
                } else {
                    throw failure("an argument without a name cannot follow one with a name")
                }
                if takeAfterBlanks(")") { break }
                guard takeComma() else {
                    throw lexicon[position] == nil
                        ? failure("this '(' is not closed", at: nameEnd) : unexpectedCharacter()
                }
            }
        }
        do {
            return try call.evaluate()
        } catch let error as OverrideFunctionError {
            throw failure("\(name)(): \(error.problem)", at: start)
        }
    }
}
