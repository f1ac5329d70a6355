// The smallest parts of JSON: blanks, words, strings and numbers.
extension JSONReader {
    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipBlanks() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func readWord(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("expected a value") }
        position += word.utf8.count
        return value
    }

    /// Reads a string from its opening quote on.
    mutating func readText() throws(JSONError) -> String {
        let start = position
        position += 1
        var escaped: [UInt8] = []
        while true {
            let plain = position..<endOfPlainText(from: position)
            position = plain.upperBound
            guard let byte = current else { throw failure("this string is not closed", at: start) }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                if escaped.isEmpty { return try text(bytes.span.extracting(plain), from: start) }
                escaped += bytes[plain]
                return try text(escaped.span, from: start)
            case UInt8(ascii: "\\"):
                escaped += bytes[plain]
                position += 1
                escaped += try readEscape()
            default: throw failure("a control character stands in a string")
            }
        }
    }

    /// The place of the next quote, backslash or control character; the end of the text if there is none.
    private func endOfPlainText(from start: Int) -> Int {
        bytes.withUnsafeBytes { bytes in
            var index = start
            while index + 8 <= bytes.count {
                let eight = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let quotes = eight ^ Self.eightBytes(UInt8(ascii: "\""))
                let backslashes = eight ^ Self.eightBytes(UInt8(ascii: "\\"))
                let marks =
                    Self.bytesBelow(0x20, in: eight) | Self.bytesBelow(1, in: quotes)
                    | Self.bytesBelow(1, in: backslashes)
                if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
                index += 8
            }
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
                index += 1
            }
            return index
        }
    }

    private static func eightBytes(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// Marks the bytes below a limit of at most 128 in their highest bits, into which a subtraction then borrows.
    ///
    /// Above the lowest of these bytes, others may be marked, too.
    private static func bytesBelow(_ limit: UInt8, in eight: UInt64) -> UInt64 {
        (eight &- eightBytes(limit)) & ~eight & eightBytes(0x80)
    }

    private func text(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> String {
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: bytes))
        } catch {
            throw failure("this string is not UTF-8", at: start)
        }
    }

    /// Reads what follows a backslash, and gives the bytes that it stands for.
    private mutating func readEscape() throws(JSONError) -> [UInt8] {
        guard let byte = current else { throw failure("the text ends too early") }
        position += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return [byte]
        case "b": return [0x08]
        case "f": return [0x0C]
        case "n": return [0x0A]
        case "r": return [0x0D]
        case "t": return [0x09]
        case "u":
            var code = try readHexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard take("\\"), take("u") else { throw failure("half of a surrogate pair is missing") }
                let low = try readHexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair is missing") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("this is no character") }
            return Array(String(Character(scalar)).utf8)
        default: throw failure("unknown escape", at: position - 1)
        }
    }

    private mutating func readHexadecimal() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-")
        else { throw failure("expected four hexadecimal digits") }
        position += 4
        return code
    }

    mutating func readNumber() throws(JSONError) -> JSONValue {
        let start = position
        let isNegative = take("-")
        if isNegative, current == UInt8(ascii: "I") {
            _ = try readWord("Infinity", .null)
            return .number(-.infinity)
        }
        let hasLeadingZero = current == UInt8(ascii: "0")
        let (whole, digits) = readDigits()
        guard digits > 0, !(hasLeadingZero && digits > 1) else { throw failure("expected a value", at: start) }
        var isWhole = true
        if take(".") {
            isWhole = false
            guard readDigits().count > 0 else { throw failure("expected digits after the point") }
        }
        if take("e") || take("E") {
            isWhole = false
            _ = take("+") || take("-")
            guard readDigits().count > 0 else { throw failure("expected digits in the exponent") }
        }
        if isWhole, digits <= 18 { return .integer(isNegative ? -whole : whole) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let number = Int(text) { return .integer(number) }
        guard let number = Double(text) else { throw failure("this is no number", at: start) }
        return .number(number)
    }

    /// Reads digits; their value counts only if there are at most 18, which fit for sure.
    mutating func readDigits() -> (value: Int, count: Int) {
        let start = position
        var value = 0
        while let byte = current, byte >= 0x30, byte <= 0x39 {
            value = value &* 10 &+ Int(byte - 0x30)
            position += 1
        }
        return (value, position - start)
    }
}
