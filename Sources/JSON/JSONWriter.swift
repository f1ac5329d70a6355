import OrderedCollections

extension JSONValue {
    /// The value as JSON text.
    ///
    /// Numbers that JSON cannot express (infinite, not a number) are written as Python does: `Infinity`, `-Infinity`, `NaN`.
    ///
    /// - Parameter indent: Blanks for each level; nil for everything on one line.
    /// - Returns: The text, without a line break at its end.
    public func text(indent: Int? = nil) -> String {
        var writer = JSONWriter(form: indent.map { .lines(indent: $0) } ?? .line)
        writer.write(self, depth: 0)
        return writer.output
    }

    /// The value as JSON text without any blanks, as serde writes it in Rust.
    public var compactText: String {
        var writer = JSONWriter(form: .compact)
        writer.write(self, depth: 0)
        return writer.output
    }
}

private struct JSONWriter {
    enum Form {
        /// As `json.dumps` of Python.
        case line
        case lines(indent: Int)
        /// As `serde_json::to_string` of Rust.
        case compact
    }

    let form: Form
    var output = ""

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: output += "null"
        case .boolean(let flag): output += flag ? "true" : "false"
        case .integer(let number): output += String(number)
        case .number(let number): output += Self.text(of: number)
        case .string(let text): write(text)
        case .array(let items):
            output += "["
            for (index, item) in items.enumerated() {
                separate(index, depth)
                write(item, depth: depth + 1)
            }
            if !items.isEmpty { breakLine(depth) }
            output += "]"
        case .object(let entries):
            output += "{"
            for (index, (key, value)) in entries.enumerated() {
                separate(index, depth)
                write(key)
                if case .compact = form { output += ":" } else { output += ": " }
                write(value, depth: depth + 1)
            }
            if !entries.isEmpty { breakLine(depth) }
            output += "}"
        }
    }

    private mutating func separate(_ index: Int, _ depth: Int) {
        if index > 0 {
            if case .line = form { output += ", " } else { output += "," }
        }
        breakLine(depth + 1)
    }

    private mutating func breakLine(_ depth: Int) {
        guard case .lines(let indent) = form else { return }
        output += "\n" + String(repeating: " ", count: indent * depth)
    }

    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return number.description
    }

    private mutating func write(_ text: String) {
        output += "\""
        defer { output += "\"" }
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0x7F }) else {
            output += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\u{8}": output += "\\b"
            case "\u{C}": output += "\\f"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where isEscaped(scalar):
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
    }

    /// Python escapes the last of the control characters, too.
    private func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
        if case .compact = form { scalar.value < 0x20 } else { scalar.value < 0x20 || scalar.value == 0x7F }
    }
}
