public import JSON
import Synchronization

/// Keeps metrics in event files, which TensorBoard shows.
///
/// Each file is named `events.out.tfevents.<seconds>.<host>.<process>.<n>`; a run adds one to its directory and leaves
/// older ones alone. Values are 32-bit floats there. Hyperparameters become a text, and, with the default metric,
/// entries of TensorBoard's tab for hyperparameters.
///
/// Global zero only.
public final class TensorBoardLogger: MetricLogger {
    /// When events go from memory to the file.
    public struct Flushing: Sendable {
        /// The number of events after which they are written.
        public var maxQueue: Int
        /// The number of seconds after which the next event is written with those before it.
        public var seconds: Double

        /// When events are written.
        public init(maxQueue: Int = 10, seconds: Double = 120) {
            self.maxQueue = maxQueue
            self.seconds = seconds
        }
    }

    /// `root/name/version/subdirectory`.
    public var logDirectory: String { directory.path }

    private struct State {
        var file: EventFile?
        /// Seconds since 1970.
        var lastFlush = 0.0
    }

    private let directory: LogDirectory
    private let prefix: String
    private let hasDefaultMetric: Bool
    private let flushing: Flushing
    private let now: @Sendable () -> Double
    private let state = Mutex(State())

    /// A logger; touches no file yet.
    ///
    /// - Parameters:
    ///   - rootDirectory: Where the logs of all runs are.
    ///   - name: A directory in it for the runs of one kind; may be empty.
    ///   - version: A directory in that for this run.
    ///   - hasDefaultMetric: Whether hyperparameters come with a metric `hp_metric` of −1, as TensorBoard's tab for
    ///     hyperparameters needs one.
    ///   - prefix: Stands before the names of metrics, with a hyphen between; may be empty.
    ///   - subdirectory: A directory in that of the version; may be empty.
    ///   - flushing: When events are written.
    /// - Throws: `MetricLoggerError.invalidInterval` if the queue is to hold less than one event.
    public convenience init(
        rootDirectory: String, name: String = "lightning_logs", version: LogVersion = .next,
        hasDefaultMetric: Bool = true, prefix: String = "", subdirectory: String = "", flushing: Flushing = Flushing()
    ) throws(MetricLoggerError) {
        try self.init(
            directory: LogDirectory(root: rootDirectory, name: name, version: version, subdirectory: subdirectory),
            hasDefaultMetric: hasDefaultMetric, prefix: prefix, flushing: flushing, now: WallClock.seconds)
    }

    init(
        directory: LogDirectory, hasDefaultMetric: Bool, prefix: String, flushing: Flushing,
        now: @escaping @Sendable () -> Double
    ) throws(MetricLoggerError) {
        guard flushing.maxQueue > 0 else { throw .invalidInterval(name: "max_queue", flushing.maxQueue) }
        self.directory = directory
        self.hasDefaultMetric = hasDefaultMetric
        self.prefix = prefix
        self.flushing = flushing
        self.now = now
    }

    /// Adds one event with the values of all metrics.
    public func log(metrics: [(name: String, value: Double)], step: Int) throws(MetricLoggerError) {
        let entries = MetricEntries(metrics, step: step, prefix: prefix).entries
        guard !entries.isEmpty else { return }
        try add([entries.map { .scalar(tag: $0.name, Float($0.value)) }], step: step)
    }

    /// Adds a text with all settings, and what the tab for hyperparameters needs.
    public func log(hyperparameters: JSONValue) throws(MetricLoggerError) {
        // Four blanks make it a block of code in Markdown.
        let lines = HyperparametersYAML.text(hyperparameters).split(separator: "\n").map { "    " + $0 }
        var summaries: [[TensorBoardEvent.Value]] = [
            [.text(tag: "hyperparameters/text_summary", lines.joined(separator: "\n"))]
        ]
        if hasDefaultMetric {
            let name = MetricEntries.name("hp_metric", prefix: prefix)
            summaries.append([.scalar(tag: name, -1)])
            summaries += HyperparameterSummary(hyperparameters, metricName: name).summaryValues.map { [$0] }
        }
        try add(summaries, step: 0)
    }

    /// Writes the events that wait.
    public func save() throws(MetricLoggerError) {
        let now = now()
        try state.withLock { state throws(MetricLoggerError) in
            try state.file?.flush()
            state.lastFlush = now
        }
    }

    /// Writes the events that wait and closes the file; a later event opens another.
    public func finalize() throws(MetricLoggerError) {
        try state.withLock { state throws(MetricLoggerError) in
            try state.file?.close()
            state.file = nil
        }
    }

    private func add(_ summaries: [[TensorBoardEvent.Value]], step: Int) throws(MetricLoggerError) {
        let now = now()
        try state.withLock { state throws(MetricLoggerError) in
            let file: EventFile
            if let open = state.file {
                file = open
            } else {
                try LogFiles.makeDirectory(logDirectory)
                file = try EventFile(in: logDirectory, now: now)
                state.file = file
                state.lastFlush = now
            }
            for values in summaries {
                file.add(TensorBoardEvent(wallTime: now, step: step, content: .summary(values)))
            }
            if file.pendingCount >= flushing.maxQueue || now - state.lastFlush >= flushing.seconds {
                try file.flush()
                state.lastFlush = now
            }
        }
    }
}
