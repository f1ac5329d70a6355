import Configuration
import OrderedCollections

/// Draws a configuration as a tree: a branch for each part, with the part's YAML on it.
struct ConfigurationTree {
    let console: Console
    /// The parts that come first; all others follow on a branch of their own.
    let order: [String]

    func text(_ configuration: ConfigurationValue) -> String {
        let entries = configuration.entries ?? [:]
        var branches = order.compactMap { name in entries[.string(name)].map { (name, $0) } }
        let others = configuration.removing(Set(order))
        if let rest = others.entries, !rest.isEmpty { branches.append(("[others]", others)) }

        var lines = [console.styled("CONFIG", .bold)]
        for (index, (name, value)) in branches.enumerated() {
            let isLast = index == branches.count - 1
            lines.append(console.styled(isLast ? "└── " : "├── ", .dim) + console.styled(name, .bold, .cyan))
            let yaml = value.yaml.split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in yaml.enumerated() {
                let trunk = isLast ? "    " : "│   "
                lines.append(
                    console.styled(trunk + (number == 0 ? "└── " : "    "), .dim)
                        + YAMLColoring(console).line(String(line)))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ConfigurationValue {
    /// The value as YAML without the last line break; `null` and other scalars as they are.
    fileprivate var yaml: String {
        var text = yamlText
        if text.last == "\n" { text.removeLast() }
        return text
    }
}

/// Colours one line of YAML: keys, strings, numbers and words.
struct YAMLColoring {
    private let console: Console

    init(_ console: Console) {
        self.console = console
    }

    func line(_ line: String) -> String {
        guard console.usesColor else { return line }
        var rest = line[...]
        var result = ""
        let indent = rest.prefix { $0 == " " }
        result += indent
        rest = rest.dropFirst(indent.count)
        while rest.hasPrefix("- ") {
            result += console.styled("-", .dim) + " "
            rest = rest.dropFirst(2)
        }
        if let colon = keyEnd(rest) {
            result += console.styled(String(rest[..<colon]), .blue) + ":"
            rest = rest[rest.index(after: colon)...]
        }
        return result + value(String(rest))
    }

    /// Where the colon after a key stands; nil if the line has no key.
    private func keyEnd(_ text: Substring) -> Substring.Index? {
        if text.first == "'" || text.first == "\"" { return nil }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let next = text.index(after: colon)
        return next == text.endIndex || text[next] == " " ? colon : nil
    }

    private func value(_ text: String) -> String {
        let word = text.drop { $0 == " " }
        let blanks = String(text.prefix(text.count - word.count))
        if word.isEmpty { return text }
        if ["true", "false", "null", "{}", "[]"].contains(word) {
            return blanks + console.styled(String(word), .magenta)
        }
        if Double(word) != nil { return blanks + console.styled(String(word), .yellow) }
        return blanks + console.styled(String(word), .green)
    }
}
