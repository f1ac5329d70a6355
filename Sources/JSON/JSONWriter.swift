import OrderedCollections

extension JSONValue {
    /// The value as JSON text.
    ///
    /// Numbers that JSON cannot express (infinite, not a number) are written as Python does: `Infinity`, `-Infinity`, `NaN`.
    ///
    /// - Parameter indent: Blanks for each level; nil for everything on one line.
    /// - Returns: The text, without a line break at its end.
    public func text(indent: Int? = nil) -> String {
        var output = ""
        write(to: &output, indent: indent, depth: 0)
        return output
    }

    private func write(to output: inout String, indent: Int?, depth: Int) {
        switch self {
        case .null: output += "null"
        case .boolean(let flag): output += flag ? "true" : "false"
        case .integer(let number): output += String(number)
        case .number(let number): output += Self.text(of: number)
        case .string(let text): Self.write(text, to: &output)
        case .array(let items):
            Self.writeContainer("[", "]", count: items.count, to: &output, indent: indent, depth: depth) {
                index, output in
                items[index].write(to: &output, indent: indent, depth: depth + 1)
            }
        case .object(let entries):
            Self.writeContainer("{", "}", count: entries.count, to: &output, indent: indent, depth: depth) {
                index, output in
                let (key, value) = entries.elements[index]
                Self.write(key, to: &output)
                output += ": "
                value.write(to: &output, indent: indent, depth: depth + 1)
            }
        }
    }

    private static func writeContainer(
        _ opening: String, _ closing: String, count: Int, to output: inout String, indent: Int?, depth: Int,
        writeItem: (Int, inout String) -> Void
    ) {
        output += opening
        func breakLine(_ depth: Int, _ output: inout String) {
            guard let indent, count > 0 else { return }
            output += "\n" + String(repeating: " ", count: indent * depth)
        }
        for index in 0..<count {
            if index > 0 { output += indent == nil ? ", " : "," }
            breakLine(depth + 1, &output)
            writeItem(index, &output)
        }
        breakLine(depth, &output)
        output += closing
    }

    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return number.description
    }

    private static func write(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
