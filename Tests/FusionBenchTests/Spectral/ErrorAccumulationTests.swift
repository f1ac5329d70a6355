import Checkpoints
import Configuration
import Datasets
import Fabric
import JSON
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Error accumulation")
struct ErrorAccumulationTests {
    private static let fixtures = Repository.directory + "/Tests/FusionBenchTests/Fixtures"
    private static let evaluation = fixtures + "/evaluation"

    private static func pool(
        models: String = "{_pretrained_: clip, mnist: a, eurosat: b}", target: String = "CLIPVisionModelPool",
        processor: String = evaluation + "/clip", tasks: [String] = ["mnist", "eurosat"]
    ) throws -> ModelPool {
        let sets = tasks.map {
            "  \($0): {_target_: datasets.load_dataset, path: \(evaluation)/data/\($0), split: test}\n"
        }.joined()
        let models = ["clip", "a", "b"].reduce(models) { text, name in
            text.replacing(": \(name)", with: ": \(evaluation)/\(name)")
        }
        let yaml = """
            _target_: fusion_bench.modelpool.\(target)
            models: \(models)
            processor: \(processor)
            test_datasets:
            \(sets.isEmpty ? "  {}" : sets)
            """
        let value = try ConfigurationValue(yaml: yaml)
        return try #require(try Instantiator(.fusionBench).instantiate(value, recursive: false) as? ModelPool)
    }

    private static func method(_ arguments: String) throws -> any FusionMethod {
        try MergingRun.method(
            "{_target_: fusion_bench.method.smile_upscaling.error_accumulation.ErrorAccumulationAnalysisForCLIP, "
                + arguments + "}")
    }

    /// The files that a run writes, by their paths below the output directory.
    private static func run(
        _ arguments: String, ranks: Int = 1, threads: Int = 1, isFast: Bool = false
    ) throws -> [String: [UInt8]] {
        let directory = try ScratchDirectory()
        let method = try method(arguments)
        _ = try withFabrics(ranks, threads: threads) { fabric in
            let context = FusionContext(
                fabric: fabric, seed: 7, outputDirectory: directory.path, isFastDevelopmentRun: isFast)
            guard case .nothing = try MergingRun.result(method, try pool(), context) else {
                Issue.record("Something is merged")
                return
            }
            try fabric.finish()
        }
        var files: [String: [UInt8]] = [:]
        func collect(_ path: String) throws {
            for name in FileSystem.names(in: directory.path + path) {
                let inner = path + "/" + name
                if FileSystem.isFile(directory.path + inner) {
                    files[String(inner.dropFirst())] = try FileSystem.read(directory.path + inner)
                } else {
                    try collect(inner)
                }
            }
        }
        try collect("")
        return files
    }

    /// The rows of the table, without its header.
    private static func rows(_ files: [String: [UInt8]]) throws -> [[Substring]] {
        let text = String(decoding: try #require(files["error_accumulation.csv"]), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.first == "model_name,method,layer_index,approximation_error")
        return lines.dropFirst().map { $0.split(separator: ",") }
    }

    private static func tensor(_ bytes: [UInt8]?) throws -> Tensor {
        let directory = try ScratchDirectory()
        let path = directory.path + "/states.pth"
        try FileSystem.write(try #require(bytes), to: path)
        return try TensorFile.read(path)
    }

    @Test("Hidden states and errors are those of FusionBench in Python", arguments: [0, 1])
    func parity(_ number: Int) throws {
        let cases = try JSONValue(parsing: FileSystem.read(Self.fixtures + "/error_accumulation/expected.json"))
        let item = try #require(cases.array?[number])
        func setting(_ name: String) throws -> Int { Int(try #require(item[name]?.double)) }
        let files = try Self.run("gate_k: \(setting("gate_k")), k: \(setting("k")), top_k: \(setting("top_k"))")

        let rows = try Self.rows(files)
        let errors = try #require(item["errors"]?.array).compactMap(\.array)
        #expect(rows.count == errors.count && rows.count == 8)
        for (row, expected) in zip(rows, errors) {
            #expect(row.prefix(2).map(String.init) == expected.prefix(2).compactMap(\.string))
            #expect(Double(row[2]) == expected[2].double)
            let (found, wanted) = (try #require(Double(row[3])), try #require(expected[3].double))
            // Where nothing is lost but by rounding, roundings differ.
            #expect(abs(found - wanted) <= max(1e-4 * wanted, 1e-6), "\(row): \(wanted)")
        }

        #expect(files.count == 2 * 3 * 2 + 1)
        let tasks = try #require(item["states"]?.object)
        for (task, towers) in tasks {
            for (tower, layers) in try #require(towers.object) {
                for (layer, values) in try #require(layers.array).enumerated() {
                    let found = try Self.tensor(files["\(task)/\(tower)/layer_\(layer).pth"])
                    let count = task == "mnist" ? 48 : 32
                    #expect(found.shape == [count, 24])
                    let plan = BatchPlan(exampleCount: count, batchSize: 32, order: .shuffled(seed: 42, epoch: 0))
                    let order = (0..<plan.count).flatMap { plan[$0] }
                    for (image, row) in try #require(values.array).enumerated() {
                        let place = try #require(order.firstIndex(of: image))
                        let own = found[place..<place + 1].array(of: Float.self).map(Double.init)
                        let wanted = try #require(row.array).compactMap(\.double)
                        let scale = wanted.map(abs).max() ?? 0
                        let difference = zip(own, wanted).map { abs($0 - $1) }.max() ?? .infinity
                        #expect(own.count == wanted.count && difference <= 1e-4 * scale, "\(task) \(tower) \(layer)")
                    }
                }
            }
        }
    }

    @Test("All files have the same bytes on any number of ranks and threads")
    func bits() throws {
        let arguments = "gate_k: 4, k: 6, dataset_kwargs: {batch_size: 20}, max_samples: 30"
        let alone = try Self.run(arguments)
        #expect(alone.count == 13)
        for (ranks, threads) in [(1, 2), (2, 1), (3, 2)] {
            #expect(
                try Self.run(arguments, ranks: ranks, threads: threads) == alone, "\(ranks) ranks, \(threads) threads")
        }
    }

    @Test("Whole batches are counted until there are enough images")
    func limits() throws {
        func count(_ more: String, isFast: Bool = false) throws -> Int {
            let files = try Self.run("gate_k: 2, k: 2, " + more, isFast: isFast)
            return try Self.tensor(files["mnist/smile/layer_0.pth"]).size(0)
        }
        #expect(try count("max_samples: 30, dataset_kwargs: {batch_size: 20, num_workers: 4}") == 40)
        #expect(try count("max_samples: 1") == 32)
        #expect(try count("max_samples: 45, dataset_kwargs: {batch_size: 20}") == 48)
        #expect(try count("max_samples: 5, dataset_kwargs: {}") == 5)
        #expect(try count("dataset_kwargs: null", isFast: true) == 32)
    }

    @Test("The more is kept, the smaller the errors; with everything, low-rank models are the fine-tuned ones")
    func ranks() throws {
        let errors = try [2, 8, 100].map { rank in
            try Self.rows(Self.run("gate_k: 100, k: \(rank)")).filter { $0[1] == "low-rank" }.map {
                try #require(Double($0[3]))
            }
        }
        #expect(zip(errors[0], errors[1]).allSatisfy { $0 > $1 })
        #expect(errors[2].allSatisfy { $0 < 1e-5 })
    }

    @Test("The seed chooses the images")
    func seeds() throws {
        func states(_ seed: Int) throws -> [UInt8]? {
            try Self.run("gate_k: 2, k: 2, max_samples: 1, dataset_kwargs: {batch_size: 2}, seed: \(seed)")[
                "mnist/finetuned/layer_1.pth"]
        }
        #expect(try states(1) == states(1))
        #expect(try states(1) != states(2))
    }

    @Test("A model that is the pretrained one, and the only one, has no error")
    func unchanged() throws {
        let directory = try ScratchDirectory()
        _ = try withFabrics(1) { fabric in
            let pool = try Self.pool(models: "{_pretrained_: clip, mnist: clip}", tasks: ["mnist"])
            let context = FusionContext(fabric: fabric, seed: 0, outputDirectory: directory.path)
            _ = try MergingRun.result(try Self.method("gate_k: 2, k: 2"), pool, context)
            try fabric.finish()
        }
        let rows = try Self.rows(["error_accumulation.csv": FileSystem.read(directory.path + "/error_accumulation.csv")]
        )
        #expect(rows.count == 4 && rows.allSatisfy { $0[3] == "0.0" })
    }

    @Test("What cannot be is told before anything is computed")
    func problems() throws {
        let method = try Self.method("gate_k: 2, k: 2, top_k: 2")
        #expect(try method.problems(with: Self.pool()) == [])
        let many = try Self.method("gate_k: 2, k: 2, top_k: 3").problems(with: Self.pool())
        #expect(many == ["Error accumulation needs a 'top_k' up to the number of models, 2, not 3"])
        let sets = try method.problems(with: Self.pool(tasks: ["mnist"]))
        #expect(sets.count == 1 && sets[0].contains("has no data set for 'eurosat'"))
        let clip = Self.evaluation + "/clip"
        let generic = method.problems(with: MergingRun.pool([("_pretrained_", clip), ("a", clip)]))
        #expect(generic == ["Error accumulation needs a pool of CLIP vision models"])
        let base = try method.problems(with: Self.pool(models: "{mnist: a, eurosat: b}"))
        #expect(base.count == 1 && base[0].contains("_pretrained_"))
        let processor = try method.problems(with: Self.pool(processor: Self.evaluation + "/a"))
        #expect(processor.count == 1 && processor[0].contains("preprocessor_config.json"))
        for arguments in [
            "k: 2", "gate_k: 2", "gate_k: 0, k: 2", "gate_k: 2, k: -1", "gate_k: 2, k: 2, top_k: 0",
            "gate_k: 2, k: 2, max_samples: 0", "gate_k: 2, k: 2, dataset_kwargs: {batch_size: 0}",
            "gate_k: 2, k: 2, dataset_kwargs: 32",
        ] {
            #expect(throws: (any Error).self, "\(arguments)") { try Self.method(arguments) }
        }
    }

    @Test("A tower of other sizes than its configuration says is told before it is made")
    func configuration() throws {
        let directory = try ScratchDirectory()
        let path = directory.path + "/clip"
        try FileSystem.makeDirectory(path)
        for name in FileSystem.names(in: Self.evaluation + "/clip") {
            var bytes = try FileSystem.read(Self.evaluation + "/clip/" + name)
            if name == "config.json" {
                let text = String(decoding: bytes, as: UTF8.self)
                bytes = Array(text.replacing("\"patch_size\": 5", with: "\"patch_size\": 4").utf8)
            }
            try FileSystem.write(bytes, to: path + "/" + name)
        }
        let pool = try Self.pool(models: "{_pretrained_: \(path), mnist: a, eurosat: b}")
        let problems = try Self.method("gate_k: 2, k: 2").problems(with: pool)
        #expect(problems.count == 1 && problems[0].contains("patch_embedding"))
    }
}
