public import JSON
import Synchronization

/// Keeps metrics in `metrics.csv`, laid out as Lightning Fabric's logger of the same name does.
///
/// One row a step, the columns in the order of their names, `step` among them. A new metric adds a column: the file is
/// then written anew, with empty fields in the older rows. A file that an earlier run left is replaced by the first
/// row, as Lightning does. Hyperparameters go into `hparams.yaml` beside it.
///
/// Global zero only.
public final class CSVLogger: MetricLogger {
    /// The name of the file of metrics.
    public static let fileName = "metrics.csv"

    /// `root/name/version`.
    public var logDirectory: String { directory.path }

    private struct State {
        var isPrepared = false
        /// The columns of the file, in their order.
        var columns: [String] = []
        /// Rows that are not in the file yet.
        var pending: [MetricEntries] = []
    }

    private let directory: LogDirectory
    private let prefix: String
    private let flushInterval: Int
    private let state = Mutex(State())

    /// A logger; touches no file yet.
    ///
    /// - Parameters:
    ///   - rootDirectory: Where the logs of all runs are.
    ///   - name: A directory in it for the runs of one kind; may be empty.
    ///   - version: A directory in that for this run.
    ///   - prefix: Stands before the names of metrics, with a hyphen between; may be empty.
    ///   - flushInterval: The number of steps after which rows are written.
    /// - Throws: `MetricLoggerError.invalidInterval` if the interval is not positive.
    public init(
        rootDirectory: String, name: String = "lightning_logs", version: LogVersion = .next, prefix: String = "",
        flushInterval: Int = 100
    ) throws(MetricLoggerError) {
        guard flushInterval > 0 else { throw .invalidInterval(name: "flush_logs_every_n_steps", flushInterval) }
        directory = LogDirectory(root: rootDirectory, name: name, version: version)
        self.prefix = prefix
        self.flushInterval = flushInterval
    }

    private var path: String { LogFiles.join(logDirectory, Self.fileName) }

    /// Adds a row; writes it with those before it where the interval says so.
    public func log(metrics: [(name: String, value: Double)], step: Int) throws(MetricLoggerError) {
        try state.withLock { state throws(MetricLoggerError) in
            try prepare(&state)
            state.pending.append(MetricEntries(metrics, step: step, prefix: prefix))
            // Lightning asks for the first; the second keeps rows safe if steps are not counted one by one.
            if (step &+ 1) % flushInterval == 0 || state.pending.count >= flushInterval { try flush(&state) }
        }
    }

    /// Writes `hparams.yaml`.
    public func log(hyperparameters: JSONValue) throws(MetricLoggerError) {
        try LogFiles.makeDirectory(logDirectory)
        let text = HyperparametersYAML.text(hyperparameters)
        try LogFiles.replace(LogFiles.join(logDirectory, "hparams.yaml"), with: Array(text.utf8))
    }

    /// Writes the rows that wait.
    public func save() throws(MetricLoggerError) {
        try state.withLock { state throws(MetricLoggerError) in try flush(&state) }
    }

    /// Writes the rows that wait; the file is closed between writes anyway.
    public func finalize() throws(MetricLoggerError) { try save() }

    private func prepare(_ state: inout State) throws(MetricLoggerError) {
        guard !state.isPrepared else { return }
        try LogFiles.makeDirectory(logDirectory)
        try LogFiles.remove(path)
        state.isPrepared = true
    }

    private func flush(_ state: inout State) throws(MetricLoggerError) {
        guard !state.pending.isEmpty else { return }
        let columns = CSVTable.columns(state.columns, and: state.pending)
        let hasContent = LogFiles.hasContent(path)
        if hasContent, columns != state.columns {
            let table = try LogFiles.read(path)
            guard !state.columns.isEmpty, let wider = CSVTable.widened(table, from: state.columns, to: columns) else {
                throw .changedFile(path: path)
            }
            try LogFiles.replace(path, with: wider)
        }
        let file = try AppendingFile(path)
        if !hasContent { try file.append(CSVTable.header(columns)) }
        state.columns = columns
        while let row = state.pending.first {
            try file.append(CSVTable.row(row, columns: columns))
            state.pending.removeFirst()
        }
        try file.close()
    }
}
