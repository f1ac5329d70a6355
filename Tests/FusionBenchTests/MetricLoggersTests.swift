import Configuration
import Fabric
import Testing

@testable import FusionBench

@Suite("Loggers of a configuration")
struct MetricLoggersTests {
    private func loggers(_ yaml: String) throws -> [any MetricLogger] {
        try MetricLoggers.make(ConfigurationValue(yaml: yaml)["loggers"], Instantiator(.fusionBench))
    }

    private let csv = "{_target_: lightning.fabric.loggers.CSVLogger, root_dir: logs, name: '', version: 3}"
    private let lines = "{_target_: fusion_bench.loggers.JSONLinesLogger, root_dir: logs, version: null}"
    private let board = "{_target_: lightning.fabric.loggers.TensorBoardLogger, root_dir: logs, name: a, version: b}"

    @Test("One, several, or none")
    func made() throws {
        #expect(try loggers("loggers: null").isEmpty)
        let one = try loggers("loggers: \(csv)")
        #expect(one.map(\.logDirectory) == ["logs/version_3"] && one[0] is CSVLogger)
        let several = try loggers("loggers: [\(lines), \(board)]")
        #expect(several[0] is JSONLinesLogger && several[1] is TensorBoardLogger)
        #expect(several[1].logDirectory == "logs/a/b")
    }

    @Test(
        "What is wrong is said with its key",
        arguments: [
            ("{_target_: lightning.fabric.loggers.CSVLoger}", "lightning.fabric.loggers.CSVLogger"),
            ("{_target_: lightning.fabric.loggers.CSVLogger}", "root_dir"),
            ("{_target_: lightning.fabric.loggers.CSVLogger, root_dir: a, flush_logs_every_n_steps: 0}", "from 1"),
            ("{_target_: lightning.fabric.loggers.CSVLogger, root_dir: a, version: 1.5}", "version"),
            ("{_target_: lightning.fabric.loggers.CSVLogger, root_dir: a, rot: b}", "rot"),
            ("text", "_target_"),
            ("{_target_: fusion_bench._get_started.greeting_program.GreetingProgram}", "a logger"),
        ])
    func wrong(_ yaml: String, part: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try loggers("loggers: \(yaml)") }
        #expect(error.description.contains(part), "\(error)")
    }
}
