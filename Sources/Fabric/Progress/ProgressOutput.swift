import Glibc

/// Where progress is shown.
public protocol ProgressOutput: Sendable {
    /// The columns of the terminal; nil if unknown.
    var width: Int? { get }
    /// The characters that it can show.
    var style: ProgressStyle { get }

    /// Shows text; what cannot be shown is lost, because progress is never worth an error.
    func write(_ text: String)
}

/// How progress is shown.
public enum ProgressDisplay: Sendable {
    /// One line that is drawn again and again, at most ten times a second.
    case terminal(any ProgressOutput)
    /// Lines for a log: one when the seconds of the interval are over, and one at each quarter of the work.
    case lines(any ProgressOutput, interval: Double)
    /// Nothing.
    case none

    /// The seconds between lines of a log.
    public static let standardInterval = 30.0

    /// On standard error: a bar if people read it on a terminal, lines in a log, nothing for a quiet run.
    ///
    /// - Parameters:
    ///   - quiet: Whether nothing is to be shown.
    ///   - interval: The seconds between lines of a log.
    /// - Returns: How to show progress there.
    public static func standard(quiet: Bool, interval: Double = standardInterval) -> ProgressDisplay {
        let stream = StandardStream.error
        let output = DescriptorOutput(descriptor: stream.rawValue)
        return choice(quiet: quiet, output: output, isTerminal: stream.isTerminal, interval: interval)
    }

    static func choice(
        quiet: Bool, output: DescriptorOutput, isTerminal: Bool, interval: Double = standardInterval
    ) -> ProgressDisplay {
        if quiet { return .none }
        return isTerminal && !output.isDumb ? .terminal(output) : .lines(output, interval: interval)
    }
}

/// An open file, terminal or pipe that progress is written to.
public struct DescriptorOutput: ProgressOutput {
    /// What to write to.
    public let descriptor: Int32

    /// An output to an open descriptor, which stays open.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether the terminal cannot go back in a line.
    public var isDumb: Bool { Self.variable("TERM") == "dumb" }

    /// The columns that the terminal says it has, or else the launching process, or else `COLUMNS`.
    public var width: Int? {
        if let columns = Self.columns(of: descriptor) { return columns }
        return [StandardStream.columnsVariable, "COLUMNS"].lazy.compactMap(Self.variable).compactMap { Int($0) }
            .first { $0 > 0 }
    }

    static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    /// Blocks where the locale is one of UTF-8.
    public var style: ProgressStyle {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(Self.variable).first { !$0.isEmpty } ?? ""
        return Self.isUTF8(locale: locale) ? .unicode : .ascii
    }

    static func isUTF8(locale: String) -> Bool {
        let name = locale.uppercased()
        return name.contains("UTF-8") || name.contains("UTF8")
    }

    /// Writes the text; gives up at the first error.
    public func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
