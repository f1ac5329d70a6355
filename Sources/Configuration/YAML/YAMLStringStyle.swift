/// Decides how a string may be written in block context so that it reads back as the same string.
///
/// The rules are those of PyYAML's emitter, which users' tools write with; so files compare byte for byte.
struct YAMLStringStyle {
    let isEmpty: Bool
    let isMultiline: Bool
    let allowsPlain: Bool
    let allowsSingleQuotes: Bool

    init(_ scalars: [Unicode.Scalar]) {
        isEmpty = scalars.isEmpty
        guard let first = scalars.first, let last = scalars.last else {
            isMultiline = false
            allowsPlain = true
            allowsSingleQuotes = true
            return
        }
        var hasIndicators = scalars.starts(with: "---".unicodeScalars) || scalars.starts(with: "...".unicodeScalars)
        var hasBreaks = false
        var hasSpecialCharacters = false
        var hasBreakThenSpace = false
        var hasSpaceThenBreak = false

        var previous: Unicode.Scalar?
        for (index, scalar) in scalars.enumerated() {
            let isFollowedByWhitespace = index + 1 >= scalars.count || scalars[index + 1].isYAMLWhitespace
            if index == 0 {
                if Self.leadingIndicators.contains(scalar) { hasIndicators = true }
                if scalar == "?" || scalar == ":" || scalar == "-", isFollowedByWhitespace { hasIndicators = true }
            } else {
                if scalar == ":", isFollowedByWhitespace { hasIndicators = true }
                if scalar == "#", previous?.isYAMLWhitespace ?? true { hasIndicators = true }
            }
            if scalar.isYAMLBreak { hasBreaks = true }
            if !scalar.isYAMLPrintable { hasSpecialCharacters = true }
            if scalar == " ", previous?.isYAMLBreak ?? false { hasBreakThenSpace = true }
            if scalar.isYAMLBreak, previous == " " { hasSpaceThenBreak = true }
            previous = scalar
        }
        let hasOuterWhitespace = [first, last].contains { $0 == " " || $0.isYAMLBreak }
        isMultiline = hasBreaks
        allowsSingleQuotes = !hasBreakThenSpace && !hasSpaceThenBreak && !hasSpecialCharacters
        allowsPlain = allowsSingleQuotes && !hasOuterWhitespace && !hasBreaks && !hasIndicators
    }

    private static let leadingIndicators = Set<Unicode.Scalar>("#,[]{}&*!|>'\"%@`".unicodeScalars)
}

extension Unicode.Scalar {
    var isYAMLBreak: Bool { self == "\n" || self == "\u{85}" || self == "\u{2028}" || self == "\u{2029}" }

    fileprivate var isYAMLWhitespace: Bool {
        self == " " || self == "\t" || self == "\r" || self == "\0" || isYAMLBreak
    }

    /// Whether the character can stand in an unescaped scalar.
    fileprivate var isYAMLPrintable: Bool {
        switch value {
        case 0x0A, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000..<0x10FFFF: true
        default: false
        }
    }

    /// Whether the character can stand unescaped between double quotes.
    ///
    /// Characters beyond the basic plane cannot.
    var isPlainInDoubleQuotes: Bool {
        switch value {
        case 0x22, 0x5C, 0x2028, 0x2029: false
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        default: false
        }
    }
}

/// Recognises the strings that Python's `int()` and `float()` take: they are quoted on output.
enum PythonNumberText {
    static func isNumber(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard let start = scalars.firstIndex(where: { !isSpace($0) }),
            let end = scalars.lastIndex(where: { !isSpace($0) })
        else { return false }
        var body = Array(scalars[start...end])
        if let first = body.first, first == "+" || first == "-" { body.removeFirst() }
        let word = String(String.UnicodeScalarView(body)).lowercased()
        if ["inf", "infinity", "nan"].contains(word) { return true }

        var position = 0
        func digits() -> Int? {
            var count = 0
            while position < body.count {
                if isDigit(body[position]) {
                    count += 1
                } else if body[position] == "_", count > 0, position + 1 < body.count, isDigit(body[position + 1]),
                    isDigit(body[position - 1])
                {
                    // An underscore between two digits.
                } else {
                    break
                }
                position += 1
            }
            return count == 0 ? nil : count
        }
        let whole = digits()
        var fraction: Int?
        if position < body.count, body[position] == "." {
            position += 1
            fraction = digits()
        }
        guard whole != nil || fraction != nil else { return false }
        if position < body.count, body[position] == "e" || body[position] == "E" {
            position += 1
            if position < body.count, body[position] == "+" || body[position] == "-" { position += 1 }
            guard digits() != nil else { return false }
        }
        return position == body.count
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isDigit || (scalar.value > 0x7F && scalar.properties.generalCategory == .decimalNumber)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0: true
        case ..<0x80: false
        default: scalar.properties.isWhitespace
        }
    }
}
