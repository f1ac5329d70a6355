public import Configuration
import Fabric
import Glibc

/// Standard output and standard error, and whether people read them.
public struct Console: Sendable {
    /// Whether text for standard output may hold colour codes.
    public let usesColor: Bool
    /// Whether text for standard error may hold colour codes.
    public let usesColorForErrors: Bool
    /// Whether standard output stays empty: on all ranks but one.
    private var isSilent = false

    /// Looks at the terminal: colours on one, unless `NO_COLOR` is set or the terminal is dumb.
    public init() {
        let refused = !(ProcessEnvironment["NO_COLOR"] ?? "").isEmpty || ProcessEnvironment["TERM"] == "dumb"
        usesColor = !refused && StandardStream.output.isTerminal
        usesColorForErrors = !refused && StandardStream.error.isTerminal
    }

    /// A console that uses colours or not, whatever the terminal is.
    init(usesColor: Bool) {
        self.usesColor = usesColor
        usesColorForErrors = usesColor
    }

    /// A console that prints nothing to standard output.
    var silenced: Console {
        var console = self
        console.isSilent = true
        return console
    }

    /// Writes a text to standard output as it is.
    public func write(_ text: String) {
        if !isSilent { Self.write(text, to: STDOUT_FILENO) }
    }

    /// Writes a line to standard output.
    public func print(_ line: String) { write(line + "\n") }

    /// Writes a line to standard error.
    public func printError(_ line: String) { Self.write(line + "\n", to: STDERR_FILENO) }

    /// Writes a warning to standard error.
    public func warn(_ text: String) {
        let label = usesColorForErrors ? TerminalStyle.apply([.bold, .yellow], to: "warning: ") : "warning: "
        printError(label + text)
    }

    /// Shows an error on standard error.
    public func report(_ error: any Error) { printError(text(of: error)) }

    /// An error as `report` shows it.
    func text(of error: any Error) -> String {
        let report = ErrorReport(usesColor: usesColorForErrors)
        switch error {
        case let error as ConfigurationError: return report.text(error)
        case let error as FileSystemError:
            return report.text(ConfigurationError(.unwritable(path: error.path, reason: error.reason)))
        default: return "error: \(error)"
        }
    }

    /// A text in styles, if standard output takes them.
    public func styled(_ text: String, _ styles: TerminalStyle...) -> String {
        usesColor ? TerminalStyle.apply(styles, to: text) : text
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno != EINTR {
                // Nobody reads any more (`fusion_bench --cfg job | head -1`): there is nobody to tell.
                return
            }
        }
    }
}
