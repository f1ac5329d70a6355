/// Reads plain scalars as YAML 1.1 does, in the form that PyYAML and OmegaConf give it.
///
/// - Booleans: yes, no, true, false, on, off (lower, upper and title case), not y and n.
/// - Integers: decimal with underscores, 0b…, 0…(octal), 0x…, and sexagesimal 1:30.
/// - Floats: as YAML 1.1, plus exponents without a dot or sign (1e3), plus sexagesimal; not `-.5`.
/// - Dates stay strings.
enum YAMLScalarType {
    /// What a plain scalar may turn out to be.
    enum Tag: Equatable {
        case null, boolean, integer, float, string
        /// `<<` and `=`, which YAML reserves.
        case merge, value
    }

    /// The type of a plain scalar.
    static func tag(of text: String) -> Tag {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return .null }
        switch first {
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"):
            if ["~", "null", "Null", "NULL"].contains(text) { return .null }
            return boolean(text) == nil ? .string : .boolean
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"),
            UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
            return boolean(text) == nil ? .string : .boolean
        case UInt8(ascii: "<"): return text == "<<" ? .merge : .string
        case UInt8(ascii: "="): return text == "=" ? .value : .string
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            var scanner = NumberScanner(bytes)
            if scanner.isYAMLFloat { return .float }
            if scanner.isInteger { return .integer }
            return scanner.isOmegaConfFloat ? .float : .string
        default: return .string
        }
    }

    /// Whether PyYAML's own rules, without OmegaConf's additions, read a plain scalar as a string.
    ///
    /// They decide what must be quoted on output; there, dates count.
    static func dumperReadsString(_ text: String) -> Bool {
        switch tag(of: text) {
        case .null, .boolean, .integer, .merge, .value: return false
        case .float:
            var scanner = NumberScanner(Array(text.utf8))
            return !scanner.isYAMLFloat
        case .string: return !YAMLTimestamp.matches(text)
        }
    }

    /// The value of a plain scalar.
    ///
    /// - Returns: nil if the text looks like a number of the tag but has no digits (`0x_`), or is reserved.
    static func value(of text: String, tag: Tag) -> Scalar? {
        switch tag {
        case .null: .null
        case .boolean: boolean(text).map(Scalar.boolean)
        case .integer: integer(text).map(Scalar.integer)
        case .float: float(text).map(Scalar.float)
        case .string: .string(text)
        case .merge, .value: nil
        }
    }

    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": true
        case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": false
        default: nil
        }
    }

    static func integer(_ text: String) -> WholeNumber? {
        var digits = Substring(text.filter { $0 != "_" })
        let isNegative = digits.first == "-"
        if isNegative || digits.first == "+" { digits = digits.dropFirst() }
        let magnitude: Magnitude?
        if digits == "0" {
            magnitude = Magnitude()
        } else if digits.hasPrefix("0b") {
            magnitude = Magnitude(digits: digits.dropFirst(2), radix: 2)
        } else if digits.hasPrefix("0x") {
            magnitude = Magnitude(digits: digits.dropFirst(2), radix: 16)
        } else if digits.hasPrefix("0") {
            magnitude = Magnitude(digits: digits, radix: 8)
        } else if digits.contains(":") {
            magnitude = sexagesimal(digits)
        } else {
            magnitude = Magnitude(digits: digits, radix: 10)
        }
        return magnitude.map { WholeNumber(isNegative: isNegative, magnitude: $0) }
    }

    private static func sexagesimal(_ digits: Substring) -> Magnitude? {
        guard digits.utf8.count <= Magnitude.digitLimit else { return nil }
        var total = Magnitude()
        for part in digits.split(separator: ":", omittingEmptySubsequences: false) {
            guard let value = Magnitude(digits: part, radix: 10) else { return nil }
            total.multiply(by: 60)
            total = total + value
        }
        return total.exceedsDigitLimit ? nil : total
    }

    static func float(_ text: String) -> Double? {
        var digits = Substring(text.filter { $0 != "_" }.lowercased())
        let sign: Double = digits.first == "-" ? -1 : 1
        if digits.first == "-" || digits.first == "+" { digits = digits.dropFirst() }
        if digits == ".inf" { return sign * .infinity }
        if digits == ".nan" { return .nan }
        if digits.contains(":") {
            var total = 0.0
            var base = 1.0
            for part in digits.split(separator: ":", omittingEmptySubsequences: false).reversed() {
                total += Double.fromPython(String(part)) * base
                base *= 60
            }
            return sign * total
        }
        let value = Double.fromPython(String(digits))
        return value.isNaN ? nil : sign * value
    }
}

/// Matches the number forms of YAML 1.1 over the whole of a text.
private struct NumberScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }
    private var isAtEnd: Bool { position == bytes.count }

    private mutating func take(_ character: Character) -> Bool {
        guard let byte = character.asciiValue, current == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeSign() { _ = take("+") || take("-") }

    /// Takes bytes while they satisfy a predicate; the number taken.
    private mutating func takeWhile(_ predicate: (UInt8) -> Bool) -> Int {
        let start = position
        while let byte = current, predicate(byte) { position += 1 }
        return position - start
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isDigitOrUnderscore(_ byte: UInt8) -> Bool { isDigit(byte) || byte == 0x5F }

    private mutating func takeWord(_ words: [String]) -> Bool {
        let rest = bytes[position...]
        guard let word = words.first(where: { rest.elementsEqual($0.utf8) }) else { return false }
        position += word.utf8.count
        return true
    }

    /// `:` and a number below 60, at least once.
    private mutating func takeSexagesimalParts() -> Bool {
        var count = 0
        while take(":") {
            // One or two digits, the first of two at most 5.
            guard let first = current, Self.isDigit(first) else { return false }
            position += 1
            if first <= UInt8(ascii: "5"), let second = current, Self.isDigit(second) { position += 1 }
            count += 1
        }
        return count > 0
    }

    /// `e+10`, with the sign where it must be there.
    private mutating func takeExponent(needsSign: Bool) -> Bool {
        let start = position
        guard take("e") || take("E") else { return true }
        let hasSign = take("+") || take("-")
        if (hasSign || !needsSign), takeWhile(Self.isDigit) > 0 { return true }
        position = start
        return false
    }

    private mutating func restart() { position = 0 }

    var isInteger: Bool {
        mutating get {
            restart()
            takeSign()
            guard let first = current, Self.isDigit(first) else { return false }
            position += 1
            if first == UInt8(ascii: "0") {
                if isAtEnd { return true }
                if take("b") { return takeWhile { $0 == 0x30 || $0 == 0x31 || $0 == 0x5F } > 0 && isAtEnd }
                if take("x") {
                    return takeWhile {
                        Self.isDigitOrUnderscore($0) || (($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x66)
                    } > 0 && isAtEnd
                }
                return takeWhile { ($0 >= 0x30 && $0 <= 0x37) || $0 == 0x5F } > 0 && isAtEnd
            }
            _ = takeWhile(Self.isDigitOrUnderscore)
            if isAtEnd { return true }
            return takeSexagesimalParts() && isAtEnd
        }
    }

    var isYAMLFloat: Bool {
        mutating get {
            restart()
            if take("."), let next = current {
                if Self.isDigit(next) {
                    _ = takeWhile(Self.isDigitOrUnderscore)
                    return takeExponent(needsSign: true) && isAtEnd
                }
                return takeWord(["inf", "Inf", "INF", "nan", "NaN", "NAN"]) && isAtEnd
            }
            restart()
            takeSign()
            if take(".") { return takeWord(["inf", "Inf", "INF"]) && isAtEnd }
            guard let first = current, Self.isDigit(first) else { return false }
            _ = takeWhile(Self.isDigitOrUnderscore)
            if current == UInt8(ascii: ":") {
                guard takeSexagesimalParts(), take(".") else { return false }
                _ = takeWhile(Self.isDigitOrUnderscore)
                return isAtEnd
            }
            guard take(".") else { return false }
            _ = takeWhile(Self.isDigitOrUnderscore)
            return takeExponent(needsSign: true) && isAtEnd
        }
    }

    /// OmegaConf's additional floats: an exponent may have no sign and need no dot.
    var isOmegaConfFloat: Bool {
        mutating get {
            restart()
            takeSign()
            guard takeGroupedDigits() else { return false }
            if take(".") { _ = takeWhile(Self.isDigitOrUnderscore) }
            guard current == UInt8(ascii: "e") || current == UInt8(ascii: "E") else { return false }
            return takeExponent(needsSign: false) && isAtEnd
        }
    }

    /// Digits with single underscores between them.
    private mutating func takeGroupedDigits() -> Bool {
        guard takeWhile(Self.isDigit) > 0 else { return false }
        while current == 0x5F {
            position += 1
            guard takeWhile(Self.isDigit) > 0 else { return false }
        }
        return true
    }
}

/// Recognises what YAML 1.1 calls a timestamp: such strings are quoted on output.
enum YAMLTimestamp {
    /// `2001-12-14`, `2001-12-14t21:59:43.10-05:00` and its variants.
    static func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 8, bytes[0] >= 0x30, bytes[0] <= 0x39 else { return false }
        var position = 0
        func digits(_ range: ClosedRange<Int>) -> Bool {
            let start = position
            while position < bytes.count, position - start < range.upperBound, bytes[position] >= 0x30,
                bytes[position] <= 0x39
            { position += 1 }
            return range.contains(position - start)
        }
        func take(_ character: Character) -> Bool {
            guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
            position += 1
            return true
        }
        func blanks() -> Int {
            let start = position
            while take(" ") || take("\t") {}
            return position - start
        }
        guard digits(4...4), take("-") else { return false }
        let monthStart = position
        guard digits(1...2), take("-") else { return false }
        let monthLength = position - 1 - monthStart
        let dayStart = position
        guard digits(1...2) else { return false }
        if position == bytes.count { return monthLength == 2 && position - dayStart == 2 }
        guard take("T") || take("t") || blanks() > 0 else { return false }
        guard digits(1...2), take(":"), digits(2...2), take(":"), digits(2...2) else { return false }
        if take(".") { _ = digits(0...Int.max) }
        let zoneStart = position
        _ = blanks()
        if take("Z") { return position == bytes.count }
        if take("+") || take("-") {
            guard digits(1...2) else { return false }
            if take(":") { guard digits(2...2) else { return false } }
            return position == bytes.count
        }
        return position == bytes.count && zoneStart == position
    }
}
