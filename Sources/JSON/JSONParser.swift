import OrderedCollections

/// Where and why a text is no JSON.
public struct JSONError: Error, CustomStringConvertible {
    /// In bytes from the start.
    public let offset: Int
    /// What is wrong, as a clause.
    public let problem: String

    /// Problem and place.
    public var description: String { "\(problem) (at byte \(offset))" }
}

extension JSONValue {
    /// Reads JSON text (RFC 8259), with `NaN` and `Infinity` as Python writes them.
    ///
    /// The text is taken as untrusted: it must be UTF-8, nest at most 200 levels, and name no key twice.
    ///
    /// - Throws: `JSONError` with the place.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.parseDocument()
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    var depth = 0

    static let depthLimit = 200

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func failure(_ problem: String, at offset: Int? = nil) -> JSONError {
        JSONError(offset: offset ?? position, problem: problem)
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard current == character.asciiValue else { return false }
        position += 1
        return true
    }

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        let value = try parseValue()
        skipBlanks()
        guard current == nil else { throw failure("unexpected text after the value") }
        return value
    }

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        skipBlanks()
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw failure("nested more than \(Self.depthLimit) levels deep") }
        switch current.map({ Character(Unicode.Scalar($0)) }) {
        case "{": return try parseObject()
        case "[": return try parseArray()
        case "\"": return .string(try parseString())
        case "t": return try parseWord("true", .boolean(true))
        case "f": return try parseWord("false", .boolean(false))
        case "n": return try parseWord("null", .null)
        case "N": return try parseWord("NaN", .number(.nan))
        case "I": return try parseWord("Infinity", .number(.infinity))
        case nil: throw failure("the text ends too early")
        default: return try parseNumber()
        }
    }

    private mutating func parseWord(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("expected a value") }
        position += word.utf8.count
        return value
    }

    private mutating func parseObject() throws(JSONError) -> JSONValue {
        position += 1
        var entries: OrderedDictionary<String, JSONValue> = [:]
        skipBlanks()
        if take("}") { return .object(entries) }
        while true {
            skipBlanks()
            let keyOffset = position
            guard current == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
            let key = try parseString()
            guard entries[key] == nil else { throw failure("key '\(key)' stands twice", at: keyOffset) }
            skipBlanks()
            guard take(":") else { throw failure("expected ':'") }
            entries[key] = try parseValue()
            skipBlanks()
            if take("}") { return .object(entries) }
            guard take(",") else { throw failure("expected ',' or '}'") }
        }
    }

    private mutating func parseArray() throws(JSONError) -> JSONValue {
        position += 1
        var items: [JSONValue] = []
        skipBlanks()
        if take("]") { return .array(items) }
        while true {
            items.append(try parseValue())
            skipBlanks()
            if take("]") { return .array(items) }
            guard take(",") else { throw failure("expected ',' or ']'") }
        }
    }

    private mutating func parseString() throws(JSONError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw failure("this string is not UTF-8", at: start)
                }
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: try parseEscape())
            case ..<0x20: throw failure("a control character stands in a string", at: position - 1)
            default: text.append(byte)
            }
        }
        throw failure("this string is not closed", at: start)
    }

    private mutating func parseEscape() throws(JSONError) -> [UInt8] {
        guard let byte = current else { throw failure("the text ends too early") }
        position += 1
        switch Character(Unicode.Scalar(byte)) {
        case "\"", "\\", "/": return [byte]
        case "b": return [0x08]
        case "f": return [0x0C]
        case "n": return [0x0A]
        case "r": return [0x0D]
        case "t": return [0x09]
        case "u":
            var code = try parseHexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard take("\\"), take("u") else { throw failure("half of a surrogate pair is missing") }
                let low = try parseHexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair is missing") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("this is no character") }
            return Array(String(Character(scalar)).utf8)
        default: throw failure("unknown escape", at: position - 1)
        }
    }

    private mutating func parseHexadecimal() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-")
        else { throw failure("expected four hexadecimal digits") }
        position += 4
        return code
    }

    private mutating func takeDigits() -> Int {
        let start = position
        while let byte = current, byte >= 0x30, byte <= 0x39 { position += 1 }
        return position - start
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        if take("-"), current == UInt8(ascii: "I") {
            _ = try parseWord("Infinity", .null)
            return .number(-.infinity)
        }
        let hasLeadingZero = current == UInt8(ascii: "0")
        let digits = takeDigits()
        guard digits > 0, !(hasLeadingZero && digits > 1) else { throw failure("expected a value", at: start) }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard takeDigits() > 0 else { throw failure("expected digits after the point") }
        }
        if take("e") || take("E") {
            isWhole = false
            _ = take("+") || take("-")
            guard takeDigits() > 0 else { throw failure("expected digits in the exponent") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let number = Int(text) { return .integer(number) }
        guard let number = Double(text) else { throw failure("this is no number", at: start) }
        return .number(number)
    }
}
