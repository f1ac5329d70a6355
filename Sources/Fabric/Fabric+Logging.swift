import Synchronization

extension Fabric {
    /// The loggers that keep the numbers of this run; none on other ranks than global zero.
    public var loggers: [any MetricLogger] { metricLoggers.withLock { $0 } }

    /// Sets the loggers of this run; other ranks than global zero take none.
    public func use(_ loggers: [any MetricLogger]) {
        if isGlobalZero { metricLoggers.withLock { $0 = loggers } }
    }

    /// Keeps the metrics of one step with all loggers.
    ///
    /// Metrics must be the same on all ranks, because global zero's are kept: reduce them before.
    ///
    /// - Throws: `MetricLoggerError` if a logger cannot write.
    public func log(_ metrics: [(name: String, value: Double)], step: Int) throws {
        for logger in loggers { try logger.log(metrics: metrics, step: step) }
    }

    /// Keeps one metric of one step with all loggers.
    ///
    /// - Throws: `MetricLoggerError` if a logger cannot write.
    public func log(_ name: String, _ value: Double, step: Int) throws { try log([(name, value)], step: step) }

    /// Writes what loggers still hold and closes their files.
    func finalizeLoggers() throws {
        for logger in loggers { try logger.finalize() }
        metricLoggers.withLock { $0 = [] }
    }
}
