/// Where a value was set.
public struct Origin: Sendable {
    /// The kind of place.
    public enum Place: Sendable {
        /// A configuration file.
        case file(SourceText)
        /// An argument of the command line.
        case commandLine(argument: String)
        /// The program's own defaults, named as a configuration would be (`hydra/config`).
        case builtIn(String)
        /// Set by the program while it runs, such as the working directory.
        case runtime
    }

    /// The file, argument or default.
    public let place: Place
    /// The line, from 1; 0 where there are no lines.
    public let line: Int
    /// The column, from 1, counted in characters; 0 where there are no lines.
    ///
    /// On the command line, the offset + 1 of the character at fault, where known.
    public let column: Int

    init(_ place: Place, line: Int = 0, column: Int = 0) {
        self.place = place
        self.line = line
        self.column = column
    }
}

extension Origin: CustomStringConvertible {
    /// The place on one line: `config/x.yaml:3:5`, or the argument.
    public var description: String {
        switch place {
        case .file(let source): line > 0 ? "\(source.name):\(line):\(column)" : source.name
        case .commandLine(let argument): "command line: \(argument)"
        case .builtIn(let name): "built in: \(name)"
        case .runtime: "set at run time"
        }
    }
}

/// The text of a configuration file, kept for messages that show a line of it.
public final class SourceText: Sendable {
    /// The file's path as messages show it.
    public let name: String
    let bytes: [UInt8]

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// A line of the file without its end, counted from 1; nil past the end.
    func line(_ number: Int) -> String? {
        var current = 1
        var start = bytes.startIndex
        while current < number {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            start = end + 1
            current += 1
        }
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
        return String(decoding: bytes[start..<end], as: UTF8.self).trimmingTrailing { $0 == "\r" }
    }
}

extension String {
    func trimmingTrailing(while predicate: (Character) -> Bool) -> String {
        guard let last = lastIndex(where: { !predicate($0) }) else { return "" }
        return String(self[...last])
    }
}
