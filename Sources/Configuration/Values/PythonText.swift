/// How Python prints values: what `str()` and `repr()` give, which string interpolations and overrides show to users.
enum PythonText {
    /// The shortest digits that read back as the same double, laid out as Python's `repr` does.
    static func float(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        // Swift's description has the same shortest digits, with other rules on when to use an exponent.
        var text = Substring(value.description)
        let sign = text.first == "-" ? "-" : ""
        if !sign.isEmpty { text = text.dropFirst() }
        var exponent = 0
        if let mark = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: mark)...]) ?? 0
            text = text[..<mark]
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var digits = String(parts[0]) + (parts.count > 1 ? String(parts[1]) : "")
        // The decimal point stands after `point` digits.
        var point = parts[0].count + exponent
        let leadingZeros = digits.prefix { $0 == "0" }.count
        digits.removeFirst(min(leadingZeros, digits.count - 1))
        point -= leadingZeros
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        if digits == "0" { return sign + "0.0" }

        if point > 16 || point < -3 {
            let tail = digits.dropFirst()
            let power = point - 1
            let magnitude = String(power.magnitude)
            return sign + String(digits.prefix(1)) + (tail.isEmpty ? "" : "." + tail)
                + (power < 0 ? "e-" : "e+") + (magnitude.count < 2 ? "0" + magnitude : magnitude)
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) + ".0" }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// A string in quotes, escaped as Python's `repr` does.
    static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar =
            text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var result = String(Character(quote))
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x100: result += "\\x" + hexadecimal(scalar.value, width: 2)
            case _ where scalar.value < 0x10000: result += "\\u" + hexadecimal(scalar.value, width: 4)
            default: result += "\\U" + hexadecimal(scalar.value, width: 8)
            }
        }
        result.unicodeScalars.append(quote)
        return result
    }

    static func hexadecimal(_ value: UInt32, width: Int, uppercase: Bool = false) -> String {
        let digits = String(value, radix: 16, uppercase: uppercase)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }
}
