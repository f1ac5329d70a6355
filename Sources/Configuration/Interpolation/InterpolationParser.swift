/// Where and why a text is no well-formed interpolation.
struct InterpolationSyntaxError: Error {
    /// Counted in Unicode scalars.
    let offset: Int
    let problem: String
}

/// Parses texts with `${…}`, and single elements as `oc.decode` reads them.
///
/// The grammar has four modes, which nest: plain text, the path of an interpolation, the arguments of a resolver, and
/// quoted text within those.
struct InterpolationParser: TokenReader {
    private typealias Part = Interpolation.Part
    private typealias Element = Interpolation.Element

    let lexicon: Lexicon
    var position = 0
    private var depth = 0

    /// Deeper nesting than anyone writes, and shallow enough for any stack.
    private static let depthLimit = 100

    init(_ text: String) {
        lexicon = Lexicon(text)
    }

    private func failure(_ problem: String, at offset: Int? = nil) -> InterpolationSyntaxError {
        InterpolationSyntaxError(offset: offset ?? position, problem: problem)
    }

    private mutating func enter() throws(InterpolationSyntaxError) {
        depth += 1
        if depth > Self.depthLimit { throw failure("nested more than \(Self.depthLimit) levels deep") }
    }

    // MARK: - Text

    /// A whole configuration value.
    mutating func parseText() throws(InterpolationSyntaxError) -> [Interpolation.Part] {
        let parts = try parsePieces(closingQuote: nil)
        return parts
    }

    /// Text up to the end, or up to the closing quote, which is consumed.
    private mutating func parsePieces(closingQuote quote: Unicode.Scalar?) throws(InterpolationSyntaxError) -> [Part] {
        var parts: [Part] = []
        var literal = String.UnicodeScalarView()
        while let scalar = lexicon[position] {
            if scalar == quote { break }
            if scalar == "$", lexicon[position + 1] == "{" {
                if !literal.isEmpty { parts.append(.literal(String(literal))) }
                literal.removeAll()
                parts.append(try parseInterpolation())
            } else if scalar == "\\" {
                takeBackslashes(closingQuote: quote, into: &literal)
            } else {
                literal.append(scalar)
                position += 1
            }
        }
        if quote != nil {
            guard lexicon[position] == quote else { throw failure("this quote is not closed") }
            position += 1
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.literal(String(literal))) }
        return parts
    }

    /// Backslashes matter only directly before `${` or a closing quote: there each pair gives one, and an odd one escapes.
    private mutating func takeBackslashes(
        closingQuote quote: Unicode.Scalar?, into literal: inout String.UnicodeScalarView
    ) {
        let start = position
        while lexicon[position] == "\\" { position += 1 }
        let count = position - start
        let beforeInterpolation = lexicon[position] == "$" && lexicon[position + 1] == "{"
        let beforeQuote = quote != nil && lexicon[position] == quote
        guard beforeInterpolation || beforeQuote else {
            literal.append(contentsOf: repeatElement("\\", count: count))
            return
        }
        literal.append(contentsOf: repeatElement("\\", count: count / 2))
        guard count % 2 == 1 else { return }
        let escaped = beforeInterpolation ? 2 : 1
        for offset in 0..<escaped {
            if let scalar = lexicon[position + offset] { literal.append(scalar) }
        }
        position += escaped
    }

    // MARK: - Interpolations

    /// `${path}` or `${resolver:arguments}`; the position is at the dollar sign.
    private mutating func parseInterpolation() throws(InterpolationSyntaxError) -> Part {
        try enter()
        defer { depth -= 1 }
        let start = position
        position = lexicon.skipBlanks(position + 2)

        var pieces: [Interpolation.KeyPiece] = []
        // A key must follow at the start, after a dot and after an opening bracket, and nowhere else.
        var expectsKey = true
        var isInBrackets = false
        var hasOnlyDots = true
        var hasLeadingDots = false
        var hasBrackets = false
        var canBeResolver = true
        while true {
            let afterBlanks = lexicon.skipBlanks(position)
            switch lexicon[afterBlanks] {
            case "}" where !expectsKey && !isInBrackets:
                position = afterBlanks + 1
                return .reference(.init(pieces: pieces, text: lexicon.text(start..<position)))
            case ":" where !expectsKey && !isInBrackets:
                guard canBeResolver, !hasLeadingDots, !hasBrackets else {
                    throw failure("a resolver's name consists of words and dots", at: afterBlanks)
                }
                position = lexicon.skipBlanks(afterBlanks + 1)
                return try parseResolver(name: pieces, start: start)
            case nil: throw failure("this interpolation has no closing brace", at: start)
            default: break
            }
            guard afterBlanks == position, let scalar = lexicon[position] else {
                throw failure("blanks are not allowed inside a key")
            }
            if expectsKey {
                switch scalar {
                case "." where hasOnlyDots:
                    hasLeadingDots = true
                    pieces.append(.text("."))
                    position += 1
                    continue
                case "[" where !isInBrackets && hasOnlyDots:
                    isInBrackets = true
                    hasOnlyDots = false
                    hasBrackets = true
                    pieces.append(.text("["))
                    position += 1
                    continue
                case "$" where lexicon[position + 1] == "{":
                    pieces.append(.lookup(try parseInterpolation()))
                default:
                    let key = try parseKey()
                    canBeResolver = canBeResolver && key.isIdentifier
                    pieces.append(.text(key.text))
                }
                expectsKey = false
                hasOnlyDots = false
                if isInBrackets {
                    guard lexicon[position] == "]" else { throw failure("expected ']'") }
                    pieces.append(.text("]"))
                    position += 1
                    isInBrackets = false
                }
            } else if scalar == "." {
                pieces.append(.text("."))
                position += 1
                expectsKey = true
                guard lexicon[position] != "[", lexicon[position] != "." else { throw failure("expected a key") }
            } else if scalar == "[" {
                pieces.append(.text("["))
                position += 1
                expectsKey = true
                isInBrackets = true
                hasBrackets = true
            } else {
                throw failure("unexpected '\(Character(scalar))' in an interpolation")
            }
        }
    }

    /// A key: anything but brackets, braces, parentheses, colons, dots, blanks, quotes and backslashes.
    private mutating func parseKey() throws(InterpolationSyntaxError) -> (text: String, isIdentifier: Bool) {
        let start = position
        while let scalar = lexicon[position], !Self.keyDelimiters.contains(scalar) { position += 1 }
        guard position > start else { throw failure("expected a key") }
        return (lexicon.text(start..<position), lexicon.identifier(start) == position)
    }

    private static let keyDelimiters = Set<Unicode.Scalar>("\\{}()[]:. \t'\"".unicodeScalars)

    /// The arguments after `${name:` up to the closing brace.
    private mutating func parseResolver(
        name: [Interpolation.KeyPiece], start: Int
    ) throws(InterpolationSyntaxError) -> Part {
        var arguments: [Element] = []
        if !takeAfterBlanks("}") {
            arguments = try parseSequence(closing: "}", opening: start)
        }
        return .resolver(.init(name: name, arguments: arguments, text: lexicon.text(start..<position)))
    }

    // MARK: - Elements

    /// A single element that is the whole text, as `oc.decode` reads it.
    mutating func parseSingleElement() throws(InterpolationSyntaxError) -> Interpolation.Element {
        guard lexicon[lexicon.skipBlanks(position)] != nil else { throw failure("there is nothing to decode") }
        let element = try parseElement()
        guard lexicon[position] == nil else { throw failure("unexpected text after the value") }
        return element
    }

    /// Elements between commas up to a closing character.
    ///
    /// A missing element is an empty string.
    private mutating func parseSequence(
        closing: Unicode.Scalar, opening: Int
    ) throws(InterpolationSyntaxError) -> [Element] {
        var elements: [Element] = []
        var expectsElement = true
        while true {
            if takeAfterBlanks(closing) {
                if expectsElement { elements.append(.scalar(.string(""))) }
                return elements
            }
            if takeComma() {
                if expectsElement { elements.append(.scalar(.string(""))) }
                expectsElement = true
                continue
            }
            guard lexicon[position] != nil else { throw failure("'\(Character(closing))' is missing", at: opening) }
            guard expectsElement else { throw failure("expected ',' or '\(Character(closing))'") }
            elements.append(try parseElement())
            expectsElement = false
        }
    }

    private mutating func parseElement() throws(InterpolationSyntaxError) -> Element {
        try enter()
        defer { depth -= 1 }
        guard let scalar = lexicon[position] else { throw failure("expected a value") }
        switch scalar {
        case "'", "\"":
            position += 1
            return .quoted(try parsePieces(closingQuote: scalar))
        case "[":
            let start = position
            position = lexicon.skipBlanks(position + 1)
            if takeAfterBlanks("]") { return .list([]) }
            return .list(try parseSequence(closing: "]", opening: start))
        case "{":
            return .dictionary(try parseDictionary())
        default:
            return try parsePrimitive(isKey: false)
        }
    }

    private mutating func parseDictionary() throws(InterpolationSyntaxError) -> [(key: Scalar, value: Element)] {
        let start = position
        position = lexicon.skipBlanks(position + 1)
        var entries: [(key: Scalar, value: Element)] = []
        if takeAfterBlanks("}") { return entries }
        while true {
            guard case .scalar(let key) = try parsePrimitive(isKey: true) else { throw failure("expected a key") }
            let afterBlanks = lexicon.skipBlanks(position)
            guard lexicon[afterBlanks] == ":" else { throw failure("expected ':' after a key") }
            position = lexicon.skipBlanks(afterBlanks + 1)
            entries.append((key, try parseElement()))
            if takeAfterBlanks("}") { return entries }
            guard takeComma() else {
                throw lexicon[position] == nil ? failure("'}' is missing", at: start) : failure("expected ',' or '}'")
            }
        }
    }

    /// Unquoted text: words, blanks, colons and interpolations.
    ///
    /// One word alone is typed; several make a string.
    private mutating func parsePrimitive(isKey: Bool) throws(InterpolationSyntaxError) -> Element {
        var parts: [Part] = []
        var single: Scalar?
        var count = 0
        var text = ""
        scan: while let scalar = lexicon[position] {
            if scalar == " " || scalar == "\t" || scalar == ":" {
                let afterBlanks = lexicon.skipBlanks(position)
                var end = afterBlanks
                if lexicon[afterBlanks] == ":" {
                    if isKey { break scan }
                    end = lexicon.skipBlanks(afterBlanks + 1)
                } else if let next = lexicon[afterBlanks], next == "," || next == "]" || next == "}" {
                    break scan
                }
                text += lexicon.text(position..<end)
                if count == 0 { single = .string(text) }
                position = end
            } else if scalar == "$", lexicon[position + 1] == "{", !isKey {
                if !text.isEmpty { parts.append(.literal(text)) }
                text = ""
                parts.append(try parseInterpolation())
            } else if let word = lexicon.word(position) {
                let range = position..<word.end
                single = lexicon.value(word.kind, range)
                text += word.kind == .escapes ? Lexicon.unescaped(lexicon.text(range)) : lexicon.text(range)
                position = word.end
            } else {
                break scan
            }
            count += 1
        }
        guard count > 0 else {
            let found = lexicon[position].map { "unexpected '\(Character($0))'" } ?? "expected a value"
            throw failure(found)
        }
        if parts.isEmpty {
            if count == 1, let single { return .scalar(single) }
            return .scalar(.string(text))
        }
        if !text.isEmpty { parts.append(.literal(text)) }
        return .text(parts)
    }
}
