import Configuration
import Fabric

/// The loggers that `fabric.loggers` describes: one, a list of them, or none.
enum MetricLoggers {
    /// Makes them; nothing is written before something is logged.
    ///
    /// - Throws: `ConfigurationError` that lists everything that is wrong with them.
    static func make(_ value: ConfigurationValue?, _ instantiator: Instantiator) throws -> [any MetricLogger] {
        guard let value, !value.isNull else { return [] }
        var errors = ErrorCollector()
        let loggers = try (value.items ?? [value]).compactMap { item -> (any MetricLogger)? in
            try errors.collect {
                if let logger = try instantiator.instantiate(item) as? any MetricLogger { return logger }
                throw ConfigurationError(
                    .unexpectedType(key: item.path, expected: "a logger", found: item.kindName), at: item.origin)
            }
        }
        try errors.throwCollected()
        return loggers
    }
}
