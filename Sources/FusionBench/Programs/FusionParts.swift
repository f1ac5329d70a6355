import Checkpoints
import Configuration
import Fabric
import Logging

/// The parts of a fusion, made from the configuration: what can be wrong with any of them is told together.
struct FusionParts {
    let pool: ModelPool
    let method: any FusionMethod
    let taskPool: (any TaskPool)?
    let loggers: [any MetricLogger]

    private static let log = Logger(label: "fusion_bench.programs.fabric_fusion_program")

    /// Makes the parts.
    ///
    /// - Throws: `ConfigurationError` with everything that is wrong with the configuration of any part.
    init(
        pool: ConfigurationValue, method: ConfigurationValue, taskPool: ConfigurationValue?,
        _ surroundings: ProgramSurroundings
    ) throws {
        var errors = ErrorCollector()
        func make<Part>(
            _ value: ConfigurationValue?, _ legacy: TargetRegistry.LegacyKind, as type: Part.Type, _ expected: String
        ) throws -> Part? {
            guard let value, !value.isNull else { return nil }
            return try errors.collect {
                let object = try surroundings.instantiator.instantiate(value, legacy: legacy, recursive: false)
                if let part = object as? Part { return part }
                throw ConfigurationError(
                    .unexpectedType(key: value.path, expected: expected, found: "another object"), at: value.origin)
            }
        }
        let loggers = try errors.collect {
            try MetricLoggers.make(surroundings.configuration["fabric"]?["loggers"], surroundings.instantiator)
        }
        Self.log.info("loading model pool")
        let madePool = try make(pool, .modelPool, as: ModelPool.self, "a model pool")
        Self.log.info("loading method")
        let madeMethod = try make(method, .method, as: (any FusionMethod).self, "a method")
        Self.log.info("loading task pool")
        self.taskPool = try make(taskPool, .taskPool, as: (any TaskPool).self, "a task pool")
        for (value, isMade) in [(pool, madePool != nil), (method, madeMethod != nil)] where !isMade && value.isNull {
            errors.add(
                ConfigurationError(
                    .unexpectedType(key: value.path, expected: "a mapping with _target_", found: "null"),
                    at: value.origin))
        }
        try errors.throwCollected()
        guard let madePool, let madeMethod else { throw ModelPoolError.empty }
        self.pool = madePool
        self.method = madeMethod
        self.loggers = loggers ?? []
    }
}
