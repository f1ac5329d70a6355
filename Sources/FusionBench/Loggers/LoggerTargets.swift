public import Configuration
public import Fabric

/// The loggers that `config/fabric/loggers/` names; the parameters and their defaults are those of Lightning Fabric.
extension TargetRegistry {
    mutating func registerLoggers() {
        for name in ["lightning.fabric.loggers.CSVLogger", "lightning.fabric.loggers.csv_logs.CSVLogger"] {
            registerFileLogger(name, flushInterval: 100, make: CSVLogger.init)
        }
        registerFileLogger("fusion_bench.loggers.JSONLinesLogger", flushInterval: 1, make: JSONLinesLogger.init)
        registerTensorBoardLogger()
    }

    /// A logger that writes lines of one file, which are kept back until there are as many as an interval.
    private mutating func registerFileLogger(
        _ name: String, flushInterval: PositiveInteger,
        make:
            @escaping (
                _ root: String, _ name: String, _ version: LogVersion, _ prefix: String, _ flushInterval: Int
            ) throws -> any MetricLogger
    ) {
        register(
            name, parameters: Parameter<String>("root_dir"), Parameter("name", default: "lightning_logs"),
            Parameter("version", default: LogVersion.next), Parameter("prefix", default: ""),
            Parameter("flush_logs_every_n_steps", default: flushInterval)
        ) { try make($0, $1, $2, $3, $4.value) }
    }

    private mutating func registerTensorBoardLogger() {
        register(
            "lightning.fabric.loggers.TensorBoardLogger", "lightning.fabric.loggers.tensorboard.TensorBoardLogger",
            parameters: Parameter<String>("root_dir"), Parameter<String?>("name", default: "lightning_logs"),
            Parameter("version", default: LogVersion.next), Parameter("default_hp_metric", default: true),
            Parameter("prefix", default: ""), Parameter<String?>("sub_dir", default: nil),
            Parameter<PositiveInteger>("max_queue", default: 10), Parameter("flush_secs", default: 120.0)
        ) { root, name, version, hasDefaultMetric, prefix, subdirectory, maxQueue, seconds in
            try TensorBoardLogger(
                rootDirectory: root, name: name ?? "", version: version, hasDefaultMetric: hasDefaultMetric,
                prefix: prefix, subdirectory: subdirectory ?? "",
                flushing: TensorBoardLogger.Flushing(maxQueue: maxQueue.value, seconds: seconds))
        }
    }
}

extension LogVersion: ConfigurationDecodable {
    /// A name, a number, or null.
    public static var expectedDescription: String { "a string, a whole number, or null" }

    /// Null stands for the version after those that exist.
    public static func decode(_ argument: Argument) -> LogVersion? {
        if let number = Int.decode(argument) { return .number(number) }
        if let name = String.decode(argument) { return .named(name) }
        return argument.source.isNull ? .next : nil
    }
}
