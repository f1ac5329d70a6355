import Configuration
import Glibc
import Logging
import OperatingSystem
import Synchronization

/// The log of one job, with the handlers, formats and levels that `hydra.job_logging` names.
///
/// Python's logging configuration is understood as far as configurations use it: `formatters`, stream, rich and file
/// `handlers`, the level and handlers of `root`, and `hydra.verbose`.
final class JobLog: Sendable {
    private let level: Logger.Level?
    private let sinks: [LogSink]

    init(composed: ComposedConfiguration, console: Console, isQuiet: Bool) throws {
        guard let settings = try composed.settingValue("job_logging"), let root = settings["root"], !root.isNull else {
            level = nil
            sinks = []
            return
        }
        let isVerbose = try composed.flag("verbose") ?? false
        level = isVerbose ? .debug : Self.level(root["level"]?.string ?? "WARNING")
        sinks = try (root["handlers"]?.items ?? []).compactMap { item in
            guard let name = item.string, let handler = settings["handlers"]?[name] else { return nil }
            let format = handler["formatter"]?.string.flatMap { settings["formatters"]?[$0]?["format"]?.string }
            return try LogSink(handler, format: format ?? "%(message)s", console: console, isQuiet: isQuiet)
        }
    }

    private static func level(_ name: String) -> Logger.Level? {
        switch name.uppercased() {
        case "NOTSET": .trace
        case "DEBUG": .debug
        case "INFO": .info
        case "WARNING", "WARN": .warning
        case "ERROR": .error
        case "CRITICAL", "FATAL": .critical
        default: .info
        }
    }

    func write(_ level: Logger.Level, _ name: String, _ message: String) {
        guard let least = self.level, level >= least else { return }
        let record = LogRecord(level: level, name: name, message: message, time: .now())
        for sink in sinks { sink.write(record) }
    }

    // MARK: - The log in use

    private static let current = Mutex<JobLog?>(nil)

    /// Directs all loggers to a job's log, or nowhere.
    static func use(_ log: JobLog?) {
        _ = bootstrapped
        current.withLock { $0 = log }
    }

    static var inUse: JobLog? { current.withLock { $0 } }

    /// swift-log takes its one handler once for the whole process.
    private static let bootstrapped: Void = LoggingSystem.bootstrap { JobLogHandler(label: $0) }
}

/// One message with what formats can show of it.
struct LogRecord: Sendable {
    let level: Logger.Level
    let name: String
    let message: String
    let time: LocalTime

    var levelName: String {
        switch level {
        case .trace, .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }

    /// The record in a format of Python's logging.
    func formatted(_ format: String) -> String {
        format.replacing("%(asctime)s", with: time.formatted("%Y-%m-%d %H:%M:%S,") + time.milliseconds)
            .replacing("%(name)s", with: name).replacing("%(levelname)s", with: levelName)
            .replacing("%(message)s", with: message)
    }
}

/// Where messages go.
private final class LogSink: Sendable {
    private enum Target: Sendable {
        case output
        case errors
        /// A short coloured line for people: time, level, message.
        case people
        case file(Int32)
        case nowhere
    }

    private let target: Target
    private let format: String
    private let console: Console
    private let isQuiet: Bool

    init(_ handler: ConfigurationValue, format: String, console: Console, isQuiet: Bool) throws {
        self.format = format
        self.isQuiet = isQuiet
        self.console = console
        let name = handler["class"]?.string ?? "logging.StreamHandler"
        if name.hasSuffix("RichHandler") {
            target = .people
        } else if name.hasSuffix("NullHandler") {
            target = .nowhere
        } else if let path = handler["filename"]?.string {
            let flags = handler["mode"]?.string == "w" ? O_TRUNC : O_APPEND
            try FileSystem.makeDirectory(FileSystem.directoryName(path))
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
            guard descriptor >= 0 else { throw FileSystemError(path: path, code: errno) }
            target = .file(descriptor)
        } else {
            target = handler["stream"]?.string == "ext://sys.stdout" ? .output : .errors
        }
    }

    deinit {
        if case .file(let descriptor) = target { close(descriptor) }
    }

    func write(_ record: LogRecord) {
        if isQuiet, isForPeople, record.level < .warning { return }
        switch target {
        case .output: console.print(record.formatted(format))
        case .errors: console.printError(record.formatted(format))
        case .people: console.print(peopleLine(record))
        case .file(let descriptor):
            let line = Array((record.formatted(format) + "\n").utf8)
            _ = line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        case .nowhere: break
        }
    }

    /// Whether it goes to the terminal, and not to a file.
    private var isForPeople: Bool {
        switch target {
        case .output, .errors, .people: true
        case .file, .nowhere: false
        }
    }

    private func peopleLine(_ record: LogRecord) -> String {
        let style: TerminalStyle =
            switch record.level {
            case .trace, .debug: .dim
            case .info, .notice: .blue
            case .warning: .yellow
            case .error, .critical: .red
            }
        let level = record.levelName + String(repeating: " ", count: 8 - record.levelName.count)
        return console.styled(record.time.formatted("[%H:%M:%S]"), .dim) + " " + console.styled(level, style) + " "
            + record.message
    }
}

/// Hands messages of swift-log to the log of the job that is running.
private struct JobLogHandler: LogHandler {
    let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    init(label: String) {
        self.label = label
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let details =
            all.isEmpty ? "" : " " + all.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ")
        JobLog.inUse?.write(event.level, label, event.message.description + details)
    }
}
