import Diagnostics

/// Shows an error to a person: what is wrong, the line or argument it is about with a mark under the place, and help.
public struct ErrorReport {
    private let usesColor: Bool

    /// - Parameter usesColor: Whether the text may hold the colour codes of terminals.
    public init(usesColor: Bool) {
        self.usesColor = usesColor
    }

    /// The report of one error; several collected ones are listed one after another.
    public func text(_ error: ConfigurationError) -> String {
        if case .several(let errors) = error.problem {
            return errors.map(text).joined(separator: "\n")
        }
        var lines = [styled("error: ", .bold, .red) + styled(error.description.withVisibleControls, .bold)]
        lines += excerpt(error)
        if let help = error.help { lines.append(help.withVisibleControls) }
        return lines.joined(separator: "\n")
    }

    /// The place, and the line there.
    private func excerpt(_ error: ConfigurationError) -> [String] {
        guard let origin = error.origin else { return [] }
        switch origin.place {
        case .file(let source):
            var lines = [styled("  --> ", .blue) + origin.description.withVisibleControls]
            guard origin.line > 0, let text = source.line(origin.line) else { return lines }
            let number = String(origin.line)
            let margin = String(repeating: " ", count: number.count)
            let (shown, column) = Self.window(text, column: origin.column)
            lines.append(styled(" \(margin) |", .blue))
            lines.append(styled(" \(number) |", .blue) + " " + shown)
            lines.append(styled(" \(margin) |", .blue) + " " + mark(under: shown, column: column))
            return lines
        case .commandLine(let argument):
            let place = origin.column > 0 ? origin.column..<(origin.column + 1) : error.problem.part(of: argument)
            let (shown, column) = Self.window(argument, column: place.lowerBound)
            return [
                styled("  --> ", .blue) + "command line",
                "      " + shown,
                "      " + mark(under: shown, column: column, count: min(place.count, shown.count - column + 1)),
            ]
        case .builtIn, .runtime: return [styled("  --> ", .blue) + origin.description.withVisibleControls]
        }
    }

    private func mark(under text: String, column: Int, count: Int = 1) -> String {
        // Tabs are kept so that the mark stands under its place.
        let blanks: [Character] = text.prefix(max(0, column - 1)).map { $0 == "\t" ? "\t" : " " }
        return String(blanks) + styled(String(repeating: "^", count: max(1, count)), .bold, .red)
    }

    /// A part of a long line around a column.
    ///
    /// Control characters are shown as dots. The column is counted in Unicode scalars, as origins do, and returned in
    /// characters, which are what marks stand under.
    private static func window(_ text: String, column: Int) -> (text: String, column: Int) {
        let text = text.withVisibleControls.replacing("\n", with: "·")
        let characters = Array(text)
        let column = String(text.unicodeScalars.prefix(max(0, column - 1))).count + 1
        let width = 100
        guard characters.count > width else { return (String(characters), column) }
        let start = max(0, min(column - 1 - width / 2, characters.count - width))
        let end = min(characters.count, start + width)
        let prefix = start > 0 ? "…" : ""
        return (
            prefix + String(characters[start..<end]) + (end < characters.count ? "…" : ""),
            column - start + prefix.count
        )
    }

    private func styled(_ text: String, _ styles: TerminalStyle...) -> String {
        usesColor ? TerminalStyle.apply(styles, to: text) : text
    }
}

extension ConfigurationError.Problem {
    /// The part of an argument that the problem is about, in columns from 1 (scalars): the key, or the value.
    fileprivate func part(of argument: String) -> Range<Int> {
        let count = argument.unicodeScalars.count
        let all = 1..<(max(1, count) + 1)
        guard let equals = argument.firstIndex(of: "=") else { return all }
        let key = argument.unicodeScalars.distance(from: argument.startIndex, to: equals)
        switch self {
        case .optionNotFound, .unexpectedType, .ambiguousSweep, .sweepNeedsMultirun, .groupValueNotName, .argumentType,
            .invalidArgument, .unknownTarget, .deletionValueDiffers, .interpolationKeyNotFound:
            return key + 1 < count ? (key + 2)..<(count + 1) : all
        case .keyNotInConfiguration, .keyExists, .unknownSetting, .unknownArgument, .overrideMatchesNothing,
            .overrideOfUnknownGroup, .nothingToDelete, .indexOutOfRange, .forceAddOfGroup:
            return key > 0 ? 1..<(key + 1) : all
        default: return all
        }
    }
}

/// Styles of text on a terminal.
public enum TerminalStyle: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36

    /// The text between the codes that switch styles on and off.
    public static func apply(_ styles: [TerminalStyle], to text: String) -> String {
        guard !styles.isEmpty, !text.isEmpty else { return text }
        return "\u{1B}[" + styles.map { String($0.rawValue) }.joined(separator: ";") + "m" + text + "\u{1B}[0m"
    }
}
