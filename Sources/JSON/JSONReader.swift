import Diagnostics
import OrderedCollections

/// Reads JSON text (RFC 8259) piece by piece, for texts that are too large to be held as values.
///
/// The text is taken as untrusted: what is read must be UTF-8, and may nest at most 200 levels deep. Whether an object
/// names a key twice is for the caller to see; `readValue` refuses it. `NaN` and `Infinity` are read, as Python writes
/// them.
///
/// ```swift
/// try reader.beginObject()
/// while let key = try reader.nextKey() { entries[key] = try reader.readString() }
/// try reader.finish()
/// ```
public struct JSONReader {
    /// The place that is read next, in bytes from the start.
    public internal(set) var position = 0
    /// Where the key that was read last starts, in bytes from the start.
    public private(set) var keyPosition = 0
    let bytes: [UInt8]
    /// Whether a container has just been opened, so that no comma stands before what comes next.
    private var isAtStart = false
    private var depth = 0

    private static let depthLimit = 200

    /// A reader at the start of a text.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Enters an object, whose keys `nextKey` then gives.
    ///
    /// - Throws: `JSONError` if no object begins here.
    public mutating func beginObject() throws(JSONError) { try begin("{", "expected an object") }

    /// Enters an array, of which `nextItem` then says whether it goes on.
    ///
    /// - Throws: `JSONError` if no array begins here.
    public mutating func beginArray() throws(JSONError) { try begin("[", "expected an array") }

    /// The next key of the object that was entered last, of which exactly one value must then be read.
    ///
    /// - Returns: Nil at the end of the object, which is thereby left.
    /// - Throws: `JSONError` if the text is no JSON.
    public mutating func nextKey() throws(JSONError) -> String? {
        guard try goesOn(until: "}", "expected ',' or '}'") else { return nil }
        skipBlanks()
        keyPosition = position
        guard current == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
        let key = try readText()
        skipBlanks()
        guard take(":") else { throw failure("expected ':'") }
        return key
    }

    /// Whether a further item follows in the array that was entered last, which must then be read.
    ///
    /// - Returns: False at the end of the array, which is thereby left.
    /// - Throws: `JSONError` if the text is no JSON.
    public mutating func nextItem() throws(JSONError) -> Bool { try goesOn(until: "]", "expected ',' or ']'") }

    /// Reads a string.
    ///
    /// - Throws: `JSONError` if something else stands here.
    public mutating func readString() throws(JSONError) -> String {
        skipBlanks()
        guard current == UInt8(ascii: "\"") else { throw failure("expected a string") }
        return try readText()
    }

    /// Reads a whole number that is not negative: a size or an offset.
    ///
    /// - Throws: `JSONError` if something else stands here, or the number does not fit into an `Int`.
    public mutating func readSize() throws(JSONError) -> Int {
        skipBlanks()
        let start = position
        let (size, digits) = readDigits()
        // The rare forms are left to the reader of all numbers.
        if digits > 0, digits <= 18, bytes[start] != UInt8(ascii: "0") || digits == 1, !isInsideNumber { return size }
        position = start
        guard case .integer(let number) = try readValue(), number >= 0 else {
            throw failure("expected a whole number that is not negative", at: start)
        }
        return number
    }

    private var isInsideNumber: Bool {
        current == UInt8(ascii: ".") || current == UInt8(ascii: "e") || current == UInt8(ascii: "E")
    }

    /// Reads a value of any kind.
    ///
    /// - Throws: `JSONError` if the text is no JSON, or an object names a key twice.
    public mutating func readValue() throws(JSONError) -> JSONValue {
        skipBlanks()
        switch current {
        case UInt8(ascii: "{"): return try readObject()
        case UInt8(ascii: "["): return try readArray()
        case UInt8(ascii: "\""): return .string(try readText())
        case UInt8(ascii: "t"): return try readWord("true", .boolean(true))
        case UInt8(ascii: "f"): return try readWord("false", .boolean(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case UInt8(ascii: "N"): return try readWord("NaN", .number(.nan))
        case UInt8(ascii: "I"): return try readWord("Infinity", .number(.infinity))
        case nil: throw failure("the text ends too early")
        default: return try readNumber()
        }
    }

    /// Whether the value that comes next is `null`, which is then read.
    public mutating func takesNull() -> Bool {
        skipBlanks()
        guard bytes[position...].starts(with: "null".utf8) else { return false }
        position += 4
        return true
    }

    /// Makes sure that nothing but blanks follows.
    ///
    /// - Throws: `JSONError` with the place of what follows.
    public mutating func finish() throws(JSONError) {
        skipBlanks()
        guard current == nil else { throw failure("unexpected text after the value") }
    }

    /// An error at the present place, or another one.
    public func failure(_ problem: String, at offset: Int? = nil) -> JSONError {
        JSONError(offset: offset ?? position, problem: problem)
    }
}

extension JSONReader {
    private mutating func readObject() throws(JSONError) -> JSONValue {
        var entries: OrderedDictionary<String, JSONValue> = [:]
        try beginObject()
        while let key = try nextKey() {
            let keyPosition = keyPosition
            guard entries.updateValue(try readValue(), forKey: key) == nil else {
                throw failure("key \(key.quoted()) stands twice", at: keyPosition)
            }
        }
        return .object(entries)
    }

    private mutating func readArray() throws(JSONError) -> JSONValue {
        var items: [JSONValue] = []
        try beginArray()
        while try nextItem() { items.append(try readValue()) }
        return .array(items)
    }

    private mutating func begin(_ opening: Unicode.Scalar, _ problem: String) throws(JSONError) {
        skipBlanks()
        guard take(opening) else { throw failure(problem) }
        depth += 1
        if depth > Self.depthLimit { throw failure("nested more than \(Self.depthLimit) levels deep") }
        isAtStart = true
    }

    private mutating func goesOn(until closing: Unicode.Scalar, _ problem: String) throws(JSONError) -> Bool {
        skipBlanks()
        if take(closing) {
            depth -= 1
            isAtStart = false
            return false
        }
        if !isAtStart, !take(",") { throw failure(problem) }
        isAtStart = false
        return true
    }
}
