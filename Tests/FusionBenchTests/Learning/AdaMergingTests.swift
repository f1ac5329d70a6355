import Checkpoints
import Configuration
import Fabric
import JSON
import OperatingSystem
import OrderedCollections
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("AdaMerging")
struct AdaMergingTests {
    private static let fixtures = FileSystem.join(
        FileSystem.directoryName(FileSystem.directoryName(#filePath)), "Fixtures")

    private static func pool(testSets: Bool = true) throws -> ModelPool {
        let directory = fixtures + "/evaluation"
        let sets = ["mnist", "eurosat"].map {
            "  \($0): {_target_: datasets.load_dataset, path: \(directory)/data/\($0), split: test}\n"
        }.joined()
        let yaml = """
            _target_: fusion_bench.modelpool.CLIPVisionModelPool
            models: {_pretrained_: \(directory)/clip, mnist: \(directory)/a, eurosat: \(directory)/b}
            processor: \(directory)/clip

            """
        let value = try ConfigurationValue(yaml: yaml + (testSets ? "test_datasets:\n" + sets : ""))
        return try #require(try Instantiator(.fusionBench).instantiate(value, recursive: false) as? ModelPool)
    }

    private static func method(_ more: String, scope: String = "layer", batchSize: Int = 48) throws -> AdaMerging {
        let yaml = "name: clip_\(scope)_wise_adamerging\nlr: 1e-2\ninit_values: 0.3\nbatch_size: \(batchSize)\n"
        return try #require(try MergingRun.method(yaml + more) as? AdaMerging)
    }

    private struct Outcome: Sendable, Equatable {
        var record: LearningRecord?
        var tensors: MergingRun.Tensors
    }

    private static func run(
        _ method: AdaMerging, ranks: Int = 1, threads: Int = 1, directory: ScratchDirectory? = nil,
        training: TrainingSettings? = nil, loggers: [any MetricLogger] = []
    ) throws -> Outcome {
        let directory = try directory ?? ScratchDirectory()
        return try withFabrics(ranks, threads: threads) { fabric in
            fabric.use(loggers)
            let context = FusionContext(
                fabric: fabric, seed: 7, outputDirectory: directory.path, training: training)
            let pool = try pool()
            guard case .model(let model) = try MergingRun.result(method, pool, context) else {
                return Outcome(record: nil, tensors: [:])
            }
            let outcome = Outcome(
                record: try LearningRecord.read(from: directory.path),
                tensors: try MergingRun.tensors(of: model, pool, context))
            // As the program does when all is written.
            context.trainingStates.remove()
            try fabric.finish()
            return outcome
        }[0]
    }

    @Test(
        "Coefficients are those of FusionBench in Python",
        arguments: [
            ("layer_wise", "max_steps: 8\n"),
            ("layer_wise_clamped", "max_steps: 8\nclamp_weights: true\ninit_values: 0.02\n"),
            ("task_wise", "max_steps: 8\n"), ("task_wise_default", "max_steps: 3\ninit_values: null\n"),
        ])
    func parity(_ name: String, settings: String) throws {
        let expected = try JSONValue(parsing: FileSystem.read(Self.fixtures + "/adamerging/expected.json"))
        let isLayerWise = name.hasPrefix("layer")
        let base = "name: clip_\(isLayerWise ? "layer" : "task")_wise_adamerging\nlr: 1e-2\nbatch_size: 48\n"
        let all = settings.contains("init_values") ? settings : settings + "init_values: 0.3\n"
        let method = try #require(try MergingRun.method(base + all) as? AdaMerging)
        let table = try #require(try Self.run(method).record?.coefficients)
        let values = try #require(expected[name]?.array)
        let names = expected["parameters"]?.array?.compactMap(\.string)
        if isLayerWise { #expect(table.rows.map(\.name) == names) }
        #expect(table.columns == ["mnist", "eurosat"])
        for (layer, row) in table.rows.enumerated() {
            // Adding the same to all keys changes no attention: the gradient is 0, and Adam makes steps of its rounding.
            if row.name.hasSuffix("k_proj.bias") { continue }
            for (task, found) in row.values.enumerated() {
                let number = try #require(isLayerWise ? values[task].array?[layer].double : values[task].double)
                let used = name.hasSuffix("clamped") ? min(max(number, 0), 1) : number
                #expect(abs(found - used) < 1e-4, "\(row.name): \(found) instead of \(used)")
            }
        }
    }

    @Test(
        "Coefficients, losses and model have the same bits on any number of ranks and threads",
        arguments: ["layer", "task"])
    func bits(_ scope: String) throws {
        // Batches of two micro-batches, the last one of an epoch smaller.
        let method = try Self.method("max_steps: 5\n", scope: scope, batchSize: 32)
        let alone = try Self.run(method)
        #expect(alone.record?.curves.map(\.points.count) == [5, 5])
        for (ranks, threads) in [(1, 2), (2, 1), (2, 2), (3, 1), (3, 2)] {
            #expect(try Self.run(method, ranks: ranks, threads: threads) == alone, "\(ranks) ranks, \(threads) threads")
        }
    }

    @Test("Entropies fall")
    func entropies() throws {
        let record = try #require(try Self.run(Self.method("max_steps: 30\n")).record)
        for curve in record.curves {
            let (first, last) = try (#require(curve.points.first).value, #require(curve.points.last).value)
            #expect(last < first, "\(curve.name)")
        }
    }

    /// Stops a run, as a full disk would.
    private final class StoppingLogger: MetricLogger {
        let logDirectory = "."
        let limit: Int
        init(_ limit: Int) { self.limit = limit }
        func log(metrics: [(name: String, value: Double)], step: Int) throws(MetricLoggerError) {
            if step >= limit { throw .changedFile(path: "stopped") }
        }
        func log(hyperparameters: JSONValue) throws(MetricLoggerError) {}
        func save() throws(MetricLoggerError) {}
        func finalize() throws(MetricLoggerError) {}
    }

    @Test("A training that was stopped goes on to the same bits", arguments: [1, 2])
    func resumed(_ ranks: Int) throws {
        let method = try Self.method("max_steps: 9\n", batchSize: 20)
        let whole = try Self.run(method)
        let directory = try ScratchDirectory()
        var settings = TrainingSettings(directory: directory.path + "/states", recipe: "test", saveInterval: 2)
        #expect(throws: (any Error).self) {
            try Self.run(method, ranks: ranks, training: settings, loggers: [StoppingLogger(5)])
        }
        #expect(FileSystem.names(in: settings.directory).count == 1)
        settings.resumes = true
        // The first four steps are kept: a logger that stops at the fourth is not asked about them again.
        #expect(throws: (any Error).self) {
            try Self.run(method, ranks: 1, training: settings, loggers: [StoppingLogger(4)])
        }
        #expect(try Self.run(method, ranks: ranks, training: settings) == whole)
        #expect(FileSystem.names(in: settings.directory).isEmpty)
        // What was kept for something else is not taken.
        #expect(throws: (any Error).self) {
            try Self.run(method, training: settings, loggers: [StoppingLogger(5)])
        }
        settings.recipe = "other"
        #expect(try Self.run(method, training: settings) == whole)
    }

    @Test("A kept state that is damaged is an error, not a new beginning")
    func damaged() throws {
        let method = try Self.method("max_steps: 6\n")
        let directory = try ScratchDirectory()
        var settings = TrainingSettings(directory: directory.path, recipe: "test", saveInterval: 2)
        #expect(throws: (any Error).self) {
            try Self.run(method, training: settings, loggers: [StoppingLogger(3)])
        }
        let path = FileSystem.join(directory.path, try #require(FileSystem.names(in: directory.path).first))
        let bytes = try FileSystem.read(path)
        try FileSystem.write(bytes.dropLast(10), to: path)
        settings.resumes = true
        let error = #expect(throws: (any Error).self) { try Self.run(method, training: settings) }
        #expect("\(String(describing: error))".contains(path))
    }

    @Test("Coefficients that are given are used, and nothing is learned")
    func given() throws {
        let directory = try ScratchDirectory()
        let learned = try Self.run(
            Self.method("max_steps: 2\nsave_merging_weights: weights.pt\n"), directory: directory)
        let again = try Self.run(Self.method("weights: \(directory.path)/weights.pt\n"))
        #expect(again.tensors == learned.tensors && again.record == nil)
        let listed = try Self.run(Self.method("weights: [0.1, 0.2]\n", scope: "task"))
        #expect(listed.record == nil && listed.tensors != learned.tensors)
    }

    @Test("What cannot be is told before anything is learned")
    func problems() throws {
        let pool = try Self.pool()
        func problems(_ settings: String, scope: String = "layer", _ pool: ModelPool) throws -> [String] {
            try Self.method(settings, scope: scope).problems(with: pool)
        }
        #expect(try problems("", pool) == [])
        let missing = try problems("", Self.pool(testSets: false))
        #expect(
            missing == [
                "Layer-wise AdaMerging: 'test_datasets' of the model pool has no data set for 'mnist', 'eurosat'"
            ])
        let shape = try problems("weights: [0.1, 0.2, 0.3]\n", scope: "task", pool)
        #expect(shape.count == 1 && shape[0].contains("'weights' has the shape [3], where [2] is expected"))
        let file = try problems("weights: /no/such/weights.pt\n", pool)
        #expect(file.count == 1 && file[0].contains("/no/such/weights.pt"))
        let numbers = try problems("weights: [.inf, 0.2]\n", scope: "task", pool)
        #expect(numbers.count == 1 && numbers[0].contains("infinite"))
        #expect(throws: (any Error).self) { try Self.method("optimizer: sgd\n") }
    }
}
