import JSON
import OrderedCollections

/// Hyperparameters as YAML in block style.
enum HyperparametersYAML {
    /// The document; ends with a line break.
    static func text(_ value: JSONValue) -> String {
        guard isContainer(value) else { return scalar(value) + "\n" }
        var output = ""
        write(value, indent: 0, to: &output)
        return output
    }

    /// Writes a container that is not empty, one line an entry.
    private static func write(_ value: JSONValue, indent: Int, to output: inout String) {
        let blanks = String(repeating: " ", count: indent)
        let entries = value.entries?.map { (string($0.key) + ":", $0.value) } ?? value.array?.map { ("-", $0) } ?? []
        for (lead, value) in entries {
            output += blanks + lead
            if isContainer(value) {
                output += "\n"
                write(value, indent: indent + 2, to: &output)
            } else {
                output += " " + scalar(value) + "\n"
            }
        }
    }

    private static func isContainer(_ value: JSONValue) -> Bool {
        value.entries?.isEmpty == false || value.array?.isEmpty == false
    }

    /// A scalar, or an empty container.
    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): string(text)
        case .number(let number) where number.isNaN: ".nan"
        case .number(let number) where number.isInfinite: number < 0 ? "-.inf" : ".inf"
        case .number(let number): exponentWithPoint(PythonNumber.text(number))
        default: value.text()
        }
    }

    /// YAML 1.1 reads `1e-05` as a string, but `1.0e-05` as a number.
    private static func exponentWithPoint(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<mark] + ".0" + text[mark...]
    }

    /// A string, in quotes unless it certainly needs none; what JSON quotes, YAML reads alike.
    private static func string(_ text: String) -> String {
        let letters = { (byte: UInt8) in byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") }
        let isPlain =
            text.utf8.first.map { letters($0) || $0 == UInt8(ascii: "_") } ?? false
            && text.utf8.allSatisfy {
                letters($0) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                    || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/")].contains($0)
            } && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        return isPlain ? text : JSONValue.string(text).text()
    }
}
