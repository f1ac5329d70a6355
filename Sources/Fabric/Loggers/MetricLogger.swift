public import JSON

/// A place that keeps the numbers of a run: losses and accuracies by step, and the settings that led to them.
///
/// Loggers are used on global zero only; other ranks make none. Calls may come from any thread. Files and directories
/// are made by the first call that logs something, so that a logger without entries leaves no trace.
public protocol MetricLogger: AnyObject, Sendable {
    /// The directory that the logger writes to; it may not exist yet.
    var logDirectory: String { get }

    /// Keeps the metrics of one step.
    ///
    /// Of equal names the last counts. Values may be infinite or not a number.
    ///
    /// - Parameters:
    ///   - metrics: Names and values, in the order in which formats with an order show them.
    ///   - step: The number of the step.
    /// - Throws: `MetricLoggerError` if the entries cannot be written.
    func log(metrics: [(name: String, value: Double)], step: Int) throws(MetricLoggerError)

    /// Keeps the settings of the run.
    ///
    /// - Parameter hyperparameters: An object, which may hold further ones.
    /// - Throws: `MetricLoggerError` if they cannot be written.
    func log(hyperparameters: JSONValue) throws(MetricLoggerError)

    /// Writes what has been logged but still waits in memory.
    ///
    /// - Throws: `MetricLoggerError` if it cannot be written; it then still waits.
    func save() throws(MetricLoggerError)

    /// Writes all that waits and closes the files; the end of the run.
    ///
    /// - Throws: `MetricLoggerError` if it cannot be written.
    func finalize() throws(MetricLoggerError)
}
