/// The tokens that interpolations and command-line overrides have in common.
///
/// Both grammars cut their input by the longest match. Each function here returns the end of its token if one starts at
/// the given position, and nil otherwise.
struct Lexicon: Sendable {
    let scalars: [Unicode.Scalar]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    subscript(position: Int) -> Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    func text(_ range: Range<Int>) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars[range])
        return String(result)
    }

    /// The end of a run of blanks and tabs; the position itself if there are none.
    func skipBlanks(_ position: Int) -> Int {
        var end = position
        while let scalar = self[end], scalar == " " || scalar == "\t" { end += 1 }
        return end
    }

    /// `0`, `10`, `1_000`: no leading zeros, single underscores between digits.
    func unsignedInteger(_ position: Int) -> Int? {
        guard let first = self[position], first.isDigit else { return nil }
        return first == "0" ? position + 1 : digits(position)
    }

    /// The end of digits with single underscores between them.
    private func digits(_ position: Int) -> Int? {
        guard let first = self[position], first.isDigit else { return nil }
        var end = position + 1
        while let scalar = self[end] {
            if scalar.isDigit {
                end += 1
            } else if scalar == "_", let next = self[end + 1], next.isDigit {
                end += 2
            } else {
                break
            }
        }
        return end
    }

    private func skipSign(_ position: Int) -> Int {
        guard let scalar = self[position], scalar == "+" || scalar == "-" else { return position }
        return position + 1
    }

    func integer(_ position: Int) -> Int? { unsignedInteger(skipSign(position)) }

    /// `3.14`, `.5`, `1.`, `1e-3`, `inf`, `nan`, each with an optional sign.
    func float(_ position: Int) -> Int? {
        let start = skipSign(position)
        for word in ["inf", "nan"] where hasWord(word, at: start) { return start + word.count }

        let whole = unsignedInteger(start)
        var mantissa = whole
        var isFloat = false
        if self[whole ?? start] == "." {
            if let fractionEnd = digits((whole ?? start) + 1) {
                mantissa = fractionEnd
                isFloat = true
            } else if let whole {
                mantissa = whole + 1
                isFloat = true
            }
        }
        guard let mantissa else { return nil }
        if let mark = self[mantissa], mark == "e" || mark == "E", let end = digits(skipSign(mantissa + 1)) {
            return end
        }
        return isFloat ? mantissa : nil
    }

    /// Whether a word stands here in any case (it may go on).
    func hasWord(_ word: String, at position: Int) -> Bool {
        var current = position
        for scalar in word.unicodeScalars {
            guard let found = self[current], found.lowercaseASCII == scalar else { return false }
            current += 1
        }
        return true
    }

    /// A letter or underscore, then letters, digits, underscores and hyphens.
    func identifier(_ position: Int) -> Int? {
        guard let first = self[position], first.isLetter || first == "_" else { return nil }
        var end = position + 1
        while let scalar = self[end], scalar.isLetter || scalar.isDigit || scalar == "_" || scalar == "-" { end += 1 }
        return end
    }

    /// A run of escaped characters: `\\`, `\(`, `\,`, ….
    func escapes(_ position: Int) -> Int? {
        var end = position
        while self[end] == "\\", let next = self[end + 1], Self.escapable.contains(next) { end += 2 }
        return end > position ? end : nil
    }

    static func isPlainPunctuation(_ scalar: Unicode.Scalar) -> Bool { plainPunctuation.contains(scalar) }

    private static let plainPunctuation = Set<Unicode.Scalar>("/-\\+.$%*@?|".unicodeScalars)
    private static let escapable = Set<Unicode.Scalar>("\\()[]{}:=, \t".unicodeScalars)

    /// A piece of an unquoted value.
    enum Word {
        case float, integer, boolean, null, punctuation, identifier, escapes
    }

    /// The longest word that starts here; of equally long ones the first in the order of `Word`.
    func word(_ position: Int) -> (kind: Word, end: Int)? {
        guard let first = self[position] else { return nil }
        var best: (kind: Word, end: Int)?
        func consider(_ kind: Word, _ end: Int?) {
            if let end, end > (best?.end ?? position) { best = (kind, end) }
        }
        consider(.float, float(position))
        consider(.integer, integer(position))
        for word in ["true", "false"] where hasWord(word, at: position) { consider(.boolean, position + word.count) }
        if hasWord("null", at: position) { consider(.null, position + 4) }
        if Self.isPlainPunctuation(first) { consider(.punctuation, position + 1) }
        consider(.identifier, identifier(position))
        consider(.escapes, escapes(position))
        return best
    }

    /// The typed value of a word that stands alone.
    func value(_ kind: Word, _ range: Range<Int>) -> Scalar {
        let text = text(range)
        switch kind {
        case .float: return .float(Double.fromPython(text))
        case .integer: return WholeNumber(text: text.filter { $0 != "_" }).map(Scalar.integer) ?? .string(text)
        case .boolean: return .boolean(scalars[range.lowerBound].lowercaseASCII == "t")
        case .null: return .null
        case .punctuation, .identifier: return .string(text)
        case .escapes: return .string(Self.unescaped(text))
        }
    }

    /// Drops the backslash of every escaped character: each second character stays.
    static func unescaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for (index, scalar) in text.unicodeScalars.enumerated() where index % 2 == 1 { result.append(scalar) }
        return String(result)
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { value >= 0x30 && value <= 0x39 }

    var isLetter: Bool { (value | 0x20) >= 0x61 && (value | 0x20) <= 0x7A }

    var lowercaseASCII: Unicode.Scalar {
        value >= 0x41 && value <= 0x5A ? Unicode.Scalar(UInt8(value | 0x20)) : self
    }
}

extension Double {
    /// Reads a float as Python does: underscores are ignored, `inf` and `nan` in any case, numbers out of range become
    /// infinite.
    static func fromPython(_ text: String) -> Double {
        let digits = text.filter { $0 != "_" }.lowercased()
        switch digits {
        case "inf", "+inf": return .infinity
        case "-inf": return -.infinity
        case "nan", "+nan", "-nan": return .nan
        default: return Double(digits.hasSuffix(".") ? digits + "0" : digits.replacingBareExponentPoint) ?? .nan
        }
    }
}

extension String {
    /// `1.e5` as `1.0e5`, and `.5` as `0.5`, the forms that Swift reads.
    fileprivate var replacingBareExponentPoint: String {
        var result = ""
        var previous: Character = " "
        for character in self {
            if character == "e", previous == "." { result += "0" }
            if character == ".", !previous.isNumber { result += "0" }
            result.append(character)
            previous = character
        }
        return result
    }
}
