import OrderedCollections

/// Writes configuration nodes as YAML in block style, folding long strings at 80 columns.
///
/// The text is what OmegaConf's `to_yaml` gives for the same values, byte for byte: users compare and version it.
struct YAMLEmitter {
    private var output = String.UnicodeScalarView()
    private var column = 0
    private var indent = 0
    /// Whether the last character written was white space that may stand before an indicator.
    private var endsWithWhitespace = true
    /// Whether only indentation and indicators stand on the line so far.
    private var isAtIndentation = true

    private static let width = 80
    /// A key of this length or more (with five characters for its tag) is written with `?`.
    private static let simpleKeyLimit = 128

    /// A node and all below it as YAML.
    ///
    /// Interpolations and `???` are written as they are.
    static func text(_ node: ConfigurationNode) -> String {
        var emitter = YAMLEmitter()
        emitter.writeNode(node, isInMapping: false, isRoot: true)
        if emitter.column > 0 { emitter.breakLine() }
        return String(emitter.output)
    }

    // MARK: - Nodes

    private mutating func writeNode(_ node: ConfigurationNode, isInMapping: Bool, isRoot: Bool = false) {
        switch node.content {
        case .scalar(let scalar): writeScalar(scalar, isKey: false)
        case .missing: writeScalar(.string("???"), isKey: false)
        case .interpolation(let interpolation): writeScalar(.string(interpolation.text), isKey: false)
        case .mapping(let entries) where entries.isEmpty: writeEmpty("{", "}")
        case .sequence(let items) where items.isEmpty: writeEmpty("[", "]")
        case .mapping(let entries): writeMapping(entries, isRoot: isRoot)
        case .sequence(let items): writeSequence(items, isInMapping: isInMapping, isRoot: isRoot)
        }
    }

    private mutating func writeEmpty(_ opening: Unicode.Scalar, _ closing: Unicode.Scalar) {
        writeIndicator(opening, needsWhitespace: true, leavesWhitespace: true)
        writeIndicator(closing, needsWhitespace: false)
    }

    private mutating func writeMapping(
        _ entries: OrderedDictionary<ConfigurationKey, ConfigurationNode>, isRoot: Bool
    ) {
        let outer = indent
        indent = isRoot ? 0 : outer + 2
        for (key, child) in entries {
            startLine()
            if isSimple(key) {
                writeScalar(key.scalar, isKey: true)
                writeIndicator(":", needsWhitespace: false)
                writeNodeInMapping(child)
            } else {
                writeIndicator("?", needsWhitespace: true, keepsIndentation: true)
                writeScalar(key.scalar, isKey: false)
                startLine()
                writeIndicator(":", needsWhitespace: true, keepsIndentation: true)
                writeNodeInMapping(child)
            }
        }
        indent = outer
    }

    private mutating func writeNodeInMapping(_ child: ConfigurationNode) {
        writeNode(child, isInMapping: true)
    }

    private mutating func writeSequence(_ items: [ConfigurationNode], isInMapping: Bool, isRoot: Bool) {
        let outer = indent
        // A list under a key stands at the key's own indentation.
        let isIndentless = isInMapping && !isAtIndentation
        indent = isRoot ? 0 : isIndentless ? outer : outer + 2
        for item in items {
            startLine()
            writeIndicator("-", needsWhitespace: true, keepsIndentation: true)
            writeNode(item, isInMapping: false)
        }
        indent = outer
    }

    private func isSimple(_ key: ConfigurationKey) -> Bool {
        guard case .string(let text) = key else { return true }
        let scalars = Array(text.unicodeScalars)
        let style = YAMLStringStyle(scalars)
        return scalars.count + "!!str".count < Self.simpleKeyLimit && !style.isEmpty && !style.isMultiline
    }

    // MARK: - Scalars

    private mutating func writeScalar(_ scalar: Scalar, isKey: Bool) {
        switch scalar {
        case .null: writePlain(Array("null".unicodeScalars), mayFold: false)
        case .boolean(let flag): writePlain(Array((flag ? "true" : "false").unicodeScalars), mayFold: false)
        case .integer(let number): writePlain(Array(number.description.unicodeScalars), mayFold: false)
        case .float(let number): writePlain(Array(Self.float(number).unicodeScalars), mayFold: false)
        case .string(let text): writeString(text, isKey: isKey)
        }
    }

    /// A float as YAML 1.1 reads it back: with a dot where there is an exponent.
    static func float(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        let text = PythonText.float(value)
        guard !text.contains("."), let mark = text.firstIndex(of: "e") else { return text }
        return text[..<mark] + ".0" + text[mark...]
    }

    /// The words that some YAML readers take for booleans.
    private static let booleanWords: Set<String> = [
        "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
        "on", "On", "ON", "off", "Off", "OFF",
    ]

    private mutating func writeString(_ text: String, isKey: Bool) {
        let scalars = Array(text.unicodeScalars)
        let style = YAMLStringStyle(scalars)
        let mustBeQuoted = Self.booleanWords.contains(text) || PythonNumberText.isNumber(text)
        if !mustBeQuoted, style.allowsPlain, !(isKey && (style.isEmpty || style.isMultiline)),
            YAMLScalarType.dumperReadsString(text)
        {
            writePlain(scalars, mayFold: !isKey)
        } else if style.allowsSingleQuotes, !(isKey && style.isMultiline) {
            writeSingleQuoted(scalars, mayFold: !isKey)
        } else {
            writeDoubleQuoted(scalars, mayFold: !isKey)
        }
    }

    private mutating func writePlain(_ scalars: [Unicode.Scalar], mayFold: Bool) {
        guard !scalars.isEmpty else { return }
        if !endsWithWhitespace { write(" ") }
        endsWithWhitespace = false
        isAtIndentation = false
        indent += 2
        var position = 0
        while position < scalars.count {
            let isSpace = scalars[position] == " "
            let end = scalars[position...].firstIndex { ($0 == " ") != isSpace } ?? scalars.count
            if isSpace, end - position == 1, column > Self.width, mayFold {
                startLine()
                endsWithWhitespace = false
                isAtIndentation = false
            } else {
                write(scalars[position..<end])
            }
            position = end
        }
        indent -= 2
    }

    private mutating func writeSingleQuoted(_ scalars: [Unicode.Scalar], mayFold: Bool) {
        writeIndicator("'", needsWhitespace: true)
        indent += 2
        var position = 0
        while position < scalars.count {
            let scalar = scalars[position]
            let run = scalars[position...].prefix {
                scalar == " "
                    ? $0 == " " : scalar.isYAMLBreak ? $0.isYAMLBreak : $0 != " " && $0 != "'" && !$0.isYAMLBreak
            }
            if scalar == "'" {
                write("''")
                position += 1
                continue
            }
            if scalar == " " {
                if run.count == 1, column > Self.width, mayFold, position > 0, run.endIndex < scalars.count {
                    startLine()
                } else {
                    write(run)
                }
            } else if scalar.isYAMLBreak {
                // A single line break reads as a space, so one more is written.
                if scalar == "\n" { breakLine() }
                for lineBreak in run { breakLine(lineBreak) }
                startLine()
            } else {
                write(run)
            }
            position = run.endIndex
        }
        indent -= 2
        writeIndicator("'", needsWhitespace: false)
    }

    private mutating func writeDoubleQuoted(_ scalars: [Unicode.Scalar], mayFold: Bool) {
        writeIndicator("\"", needsWhitespace: true)
        indent += 2
        var start = 0
        var end = 0
        while end <= scalars.count {
            let scalar = end < scalars.count ? scalars[end] : nil
            if !(scalar?.isPlainInDoubleQuotes ?? false) {
                if start < end { write(scalars[start..<end]) }
                start = end
                if let scalar {
                    write(Self.escaped(scalar))
                    start = end + 1
                }
            }
            if end > 0, end < scalars.count - 1, scalar == " " || start >= end,
                column + (end - start) > Self.width, mayFold
            {
                if start < end {
                    write(scalars[start..<end])
                    start = end
                }
                write("\\")
                startLine()
                endsWithWhitespace = false
                isAtIndentation = false
                if scalars[start] == " " { write("\\") }
            }
            end += 1
        }
        indent -= 2
        writeIndicator("\"", needsWhitespace: false)
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\0": "\\0"
        case "\u{7}": "\\a"
        case "\u{8}": "\\b"
        case "\t": "\\t"
        case "\n": "\\n"
        case "\u{B}": "\\v"
        case "\u{C}": "\\f"
        case "\r": "\\r"
        case "\u{1B}": "\\e"
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\u{85}": "\\N"
        case "\u{A0}": "\\_"
        case "\u{2028}": "\\L"
        case "\u{2029}": "\\P"
        default:
            switch scalar.value {
            case ...0xFF: "\\x" + PythonText.hexadecimal(scalar.value, width: 2, uppercase: true)
            case ...0xFFFF: "\\u" + PythonText.hexadecimal(scalar.value, width: 4, uppercase: true)
            default: "\\U" + PythonText.hexadecimal(scalar.value, width: 8, uppercase: true)
            }
        }
    }

    // MARK: - Characters

    private mutating func write(_ text: some Sequence<Unicode.Scalar>) {
        for scalar in text {
            output.append(scalar)
            column += 1
        }
    }

    private mutating func write(_ text: String) { write(text.unicodeScalars) }

    private mutating func writeIndicator(
        _ indicator: Unicode.Scalar, needsWhitespace: Bool, leavesWhitespace: Bool = false,
        keepsIndentation: Bool = false
    ) {
        if needsWhitespace, !endsWithWhitespace { write(" ") }
        endsWithWhitespace = leavesWhitespace
        isAtIndentation = isAtIndentation && keepsIndentation
        write(CollectionOfOne(indicator))
    }

    /// Goes to the indentation of the current level, on a new line if something stands on this one.
    private mutating func startLine() {
        if !isAtIndentation || column > indent || (column == indent && !endsWithWhitespace) { breakLine() }
        if column < indent {
            endsWithWhitespace = true
            write(repeatElement(" ", count: indent - column))
        }
    }

    private mutating func breakLine(_ lineBreak: Unicode.Scalar = "\n") {
        output.append(lineBreak)
        endsWithWhitespace = true
        isAtIndentation = true
        column = 0
    }
}

extension ConfigurationNode {
    /// The node and all below it as YAML, as OmegaConf's `to_yaml` writes it.
    public var yaml: String { YAMLEmitter.text(self) }
}
