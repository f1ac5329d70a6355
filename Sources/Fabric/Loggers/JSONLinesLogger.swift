public import JSON
import Synchronization

/// Keeps metrics in `metrics.jsonl`: one JSON object a line.
///
/// `{"step": 3, "time": 1723456789.25, "loss": 0.5}`, with the time in seconds since 1970 and then the metrics in the
/// order in which they were logged. Numbers that JSON cannot express are written as Python does: `NaN`, `Infinity`,
/// `-Infinity`. Hyperparameters are a line `{"time": …, "hyperparameters": {…}}`. A metric named `step` is left out,
/// because the step has that name; one named `time` stands in the place of the time.
///
/// Lines are added to the file of an earlier run. Global zero only.
public final class JSONLinesLogger: MetricLogger {
    /// The name of the file of metrics.
    public static let fileName = "metrics.jsonl"

    /// `root/name/version`.
    public var logDirectory: String { directory.path }

    private struct State {
        var file: AppendingFile?
        /// Lines that are not in the file yet.
        var pending: [[UInt8]] = []
    }

    private let directory: LogDirectory
    private let prefix: String
    private let flushInterval: Int
    private let now: @Sendable () -> Double
    private let state = Mutex(State())

    /// A logger; touches no file yet.
    ///
    /// - Parameters:
    ///   - rootDirectory: Where the logs of all runs are.
    ///   - name: A directory in it for the runs of one kind; may be empty.
    ///   - version: A directory in that for this run.
    ///   - prefix: Stands before the names of metrics, with a hyphen between; may be empty.
    ///   - flushInterval: The number of lines after which they are written.
    /// - Throws: `MetricLoggerError.invalidInterval` if the interval is not positive.
    public convenience init(
        rootDirectory: String, name: String = "lightning_logs", version: LogVersion = .next, prefix: String = "",
        flushInterval: Int = 1
    ) throws(MetricLoggerError) {
        try self.init(
            directory: LogDirectory(root: rootDirectory, name: name, version: version), prefix: prefix,
            flushInterval: flushInterval, now: WallClock.seconds)
    }

    init(
        directory: LogDirectory, prefix: String, flushInterval: Int, now: @escaping @Sendable () -> Double
    ) throws(MetricLoggerError) {
        guard flushInterval > 0 else { throw .invalidInterval(name: "flush_logs_every_n_steps", flushInterval) }
        self.directory = directory
        self.prefix = prefix
        self.flushInterval = flushInterval
        self.now = now
    }

    /// Adds a line.
    public func log(metrics: [(name: String, value: Double)], step: Int) throws(MetricLoggerError) {
        let entries = MetricEntries(metrics, step: step, prefix: prefix).entries.filter { $0.name != "step" }
        var fields: [(String, JSONValue)] = [("step", .integer(step))]
        if !entries.contains(where: { $0.name == "time" }) { fields.append(("time", .number(now()))) }
        fields += entries.map { ($0.name, .number($0.value)) }
        try add(fields)
    }

    /// Adds a line with all settings.
    public func log(hyperparameters: JSONValue) throws(MetricLoggerError) {
        try add([("time", .number(now())), ("hyperparameters", hyperparameters)])
    }

    /// Writes the lines that wait.
    public func save() throws(MetricLoggerError) {
        try state.withLock { state throws(MetricLoggerError) in try flush(&state) }
    }

    /// Writes the lines that wait and closes the file.
    public func finalize() throws(MetricLoggerError) {
        try state.withLock { state throws(MetricLoggerError) in
            try flush(&state)
            defer { state.file = nil }
            try state.file?.close()
        }
    }

    private func add(_ fields: [(name: String, value: JSONValue)]) throws(MetricLoggerError) {
        let text = fields.map { JSONValue.string($0.name).text() + ": " + $0.value.text() }.joined(separator: ", ")
        try state.withLock { state throws(MetricLoggerError) in
            state.pending.append(Array("{\(text)}\n".utf8))
            if state.pending.count >= flushInterval { try flush(&state) }
        }
    }

    private func flush(_ state: inout State) throws(MetricLoggerError) {
        guard !state.pending.isEmpty else { return }
        let file = if let open = state.file { open } else { try open() }
        state.file = file
        while let line = state.pending.first {
            try file.append(line)
            state.pending.removeFirst()
        }
    }

    private func open() throws(MetricLoggerError) -> AppendingFile {
        try LogFiles.makeDirectory(logDirectory)
        let file = try AppendingFile(LogFiles.join(logDirectory, Self.fileName))
        try file.removeHalfLine()
        return file
    }
}
