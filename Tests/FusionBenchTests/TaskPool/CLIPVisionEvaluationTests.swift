import Checkpoints
import Configuration
import Fabric
import Glibc
import JSON
import Models
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Evaluation of CLIP's vision towers")
struct CLIPVisionEvaluationTests {
    private static let fixtures = FileSystem.join(
        FileSystem.directoryName(FileSystem.directoryName(#filePath)), "Fixtures/evaluation")

    private static func taskPool(_ more: String = "") throws -> any TaskPool {
        let yaml = """
            _target_: fusion_bench.taskpool.CLIPVisionModelTaskPool
            test_datasets:
              mnist: {_target_: datasets.load_dataset, path: \(fixtures)/data/mnist, split: test}
              eurosat: {_target_: datasets.load_dataset, path: \(fixtures)/data/eurosat, split: test}
            clip_model: \(fixtures)/clip
            processor: \(fixtures)/clip
            dataloader_kwargs: {batch_size: 16}

            """ + more
        let object = try Instantiator(.fusionBench).instantiate(ConfigurationValue(yaml: yaml), recursive: false)
        return try #require(object as? any TaskPool)
    }

    private static func report(
        _ method: String, models: [String], tasks: any TaskPool, ranks: Int = 1, threads: Int = 1, cache: String? = nil,
        isFast: Bool = false
    ) throws -> EvaluationReport {
        let directory = try ScratchDirectory()
        return try withFabrics(ranks, threads: threads) { fabric in
            let context = FusionContext(
                fabric: fabric, seed: 0, outputDirectory: directory.path, cacheDirectory: cache,
                isFastDevelopmentRun: isFast)
            let pool = MergingRun.pool(models.map { ($0, "\(fixtures)/\($0)") }, .clipVision)
            let result = try MergingRun.result(try MergingRun.method(method), pool, context)
            #expect(tasks.problems() == [])
            let report = EvaluationReport(of: try result.evaluations(tasks, of: pool, in: context))
            try fabric.finish()
            return report
        }[0]
    }

    private static let average = "_target_: fusion_bench.method.SimpleAverageAlgorithm"
    private static let dummy = "_target_: fusion_bench.method.DummyAlgorithm"

    @Test("Accuracies and losses are those of FusionBench in Python", arguments: ["base", "simple_average"])
    func parity(_ name: String) throws {
        let expected = try #require(
            JSONValue(parsing: FileSystem.read(FileSystem.join(Self.fixtures, "expected.json")))[name])
        let found = try Self.report(
            name == "base" ? Self.dummy : Self.average, models: name == "base" ? ["base"] : ["a", "b"],
            tasks: Self.taskPool()
        ).json
        #expect(found["model_info"] == expected["model_info"])
        for entry in ["mnist", "eurosat", "average"] {
            // The accuracies of the reference are binary32.
            for (key, tolerance) in [("accuracy", 1e-6), ("loss", 1e-4)] {
                let difference = try #require(found[entry]?[key]?.double) - #require(expected[entry]?[key]?.double)
                #expect(abs(difference) < tolerance, "\(entry) \(key)")
            }
        }
    }

    @Test("The report has the same bits on any number of ranks and threads")
    func bits() throws {
        let tasks = try Self.taskPool()
        let alone = try Self.report(Self.average, models: ["a", "b"], tasks: tasks).json.text()
        for (ranks, threads) in [(1, 2), (2, 1), (2, 2), (3, 1), (3, 2)] {
            let report = try Self.report(
                Self.average, models: ["a", "b"], tasks: tasks, ranks: ranks, threads: threads)
            #expect(report.json.text() == alone, "\(ranks) ranks, \(threads) threads")
        }
    }

    @Test("Counts, intervals and classes stand beside the reference's entries, and in a table")
    func details() throws {
        let report = try Self.report(Self.average, models: ["a", "b"], tasks: Self.taskPool())
        let details = try #require(report.json["details"]?["mnist"])
        #expect(details["images"]?.int == 48 && details["correct"]?.int == 31 && details["skipped"]?.int == 0)
        let classes = try #require(details["classes"]?.array)
        #expect(classes.compactMap { $0["images"]?.int }.reduce(0, +) == 48)
        #expect(classes.compactMap { $0["correct"]?.int }.reduce(0, +) == 31)
        // Wilson's interval for 31 of 48, by hand.
        let interval = try #require(details["accuracy_interval_95"]?.array).compactMap(\.double)
        #expect(abs(interval[0] - 0.504391) < 1e-6 && abs(interval[1] - 0.765664) < 1e-6)
        let table = try #require(report.table)
        #expect(table.contains("mnist        64.6  50.4 to 76.6  1.8284      48"))
        #expect(table.contains("average      62.0                1.7829      80"))
    }

    @Test("Zero-shot heads are kept, used again, and made again if they are damaged", arguments: [1, 2])
    func cachedHeads(_ ranks: Int) throws {
        let cache = try ScratchDirectory()
        let tasks = try Self.taskPool()
        let expected = try Self.report(Self.dummy, models: ["base"], tasks: tasks).json.text()
        func run() throws -> String {
            try Self.report(Self.dummy, models: ["base"], tasks: tasks, ranks: ranks, cache: cache.path).json.text()
        }
        #expect(try run() == expected)
        let directory = cache.path + "/zero_shot_heads"
        let files = FileSystem.names(in: directory).map { FileSystem.join(directory, $0) }
        #expect(files.count == 2)
        let kept = try files.map { try FileSystem.read($0) }
        // A head that says something else is used, which shows that it is read.
        for file in files {
            let tensor = try SafetensorsFile(file).stateDict.tensor("head")
            try Self.write(Array(repeating: 1, count: tensor.elementCount), tensor.shape, to: file)
        }
        #expect(try run() != expected)
        for file in files { try #require(truncate(file, 30) == 0) }
        #expect(try run() == expected)
        #expect(try files.map { try FileSystem.read($0) } == kept)
    }

    private static func write(_ values: [Float], _ shape: Shape, to path: String) throws {
        let writer = try SafetensorsWriter(
            path: path, tensors: [TensorDescription(name: "head", dtype: .float32, shape: shape)], metadata: nil)
        try writer.create()
        try values.withUnsafeBytes { try writer.write($0, to: "head", at: 0) }
        try writer.finish(flushing: false)
    }

    @Test("fast_dev_run looks at one batch of each task")
    func fastDevelopmentRun() throws {
        let report = try Self.report(Self.dummy, models: ["base"], tasks: Self.taskPool("fast_dev_run: true\n")).json
        #expect(report["details"]?["mnist"]?["images"]?.int == 16)
        #expect(report["details"]?["eurosat"]?["images"]?.int == 16)
        // The program's setting counts where the pool has none.
        for (own, images) in [("", 16), ("fast_dev_run: false\n", 48)] {
            let report = try Self.report(Self.dummy, models: ["base"], tasks: Self.taskPool(own), isFast: true).json
            #expect(report["details"]?["mnist"]?["images"]?.int == images)
        }
    }

    @Test("Features of each layer, of the class token or all, on any number of ranks", arguments: [1, 2])
    func features(_ ranks: Int) throws {
        let directory = try ScratchDirectory()
        let saving = "layer_wise_feature_save_path: \(directory.path)/"
        let first = try Self.taskPool("\(saving)first\nlayer_wise_feature_max_num: 40\n")
        let all = try Self.taskPool("\(saving)all\nlayer_wise_feature_first_token_only: false\n")
        for tasks in [first, all] { _ = try Self.report(Self.dummy, models: ["base"], tasks: tasks, ranks: ranks) }
        for layer in ["layer_0", "layer_1"] {
            func tensor(_ folder: String) throws -> Tensor {
                try SafetensorsFile("\(directory.path)/\(folder)/\(layer).safetensors").stateDict.tensor("features")
                    .readTensor()
            }
            let (some, whole) = (try tensor("first/mnist"), try tensor("all/mnist"))
            #expect(some.shape == [40, 24] && whole.shape == [48, 17, 24])
            let classTokens = whole.slice(along: 1, 0..<1).slice(along: 0, 0..<40).reshaped([40, 24])
            #expect(some.array(of: Float.self) == classTokens.array(of: Float.self))
            #expect(try tensor("first/eurosat").shape == [32, 24])
        }
    }

    @Test("Everything that is missing is told before anything is computed")
    func problems() throws {
        let yaml = """
            _target_: fusion_bench.taskpool.CLIPVisionModelTaskPool
            test_datasets:
              mnist: {_target_: datasets.load_dataset, path: nobody/has-this, split: test}
              eurosat: {_target_: datasets.load_dataset, path: \(Self.fixtures)/data/eurosat, split: tset}
            clip_model: {pretrained_model_name_or_path: nobody/has-that}
            processor: \(Self.fixtures)/base

            """
        let object = try Instantiator(.fusionBench).instantiate(ConfigurationValue(yaml: yaml), recursive: false)
        let problems = try #require(object as? any TaskPool).problems()
        #expect(problems.count == 5)
        for (problem, part) in zip(problems, ["nobody/has-that", "tokenizer", "processor", "nobody/has-this", "tset"]) {
            #expect(problem.contains(part), "\(problem)")
        }
    }

    @Test("A task that nobody knows is refused with the nearest names")
    func unknownTask() throws {
        #expect {
            try Instantiator(.fusionBench).instantiate(
                ConfigurationValue(
                    yaml: """
                        _target_: fusion_bench.taskpool.CLIPVisionModelTaskPool
                        test_datasets: {minst: {_target_: datasets.load_dataset, path: x}}
                        clip_model: x
                        processor: x

                        """), recursive: false)
        } throws: {
            "\($0)".contains("minst") && "\($0)".contains("mnist")
        }
    }

    @Test("Classes of the user's own; a label that is none of them names data set and row")
    func ownClasses() throws {
        let yaml = """
            _target_: fusion_bench.taskpool.CLIPVisionModelTaskPool
            test_datasets:
              shapes:
                _target_: datasets.load_dataset
                path: \(Self.fixtures)/data/mnist
                split: test
                classnames: [circle, square]
                templates: ["a {}", "one {}"]
            clip_model: \(Self.fixtures)/clip
            processor: \(Self.fixtures)/clip

            """
        let object = try Instantiator(.fusionBench).instantiate(ConfigurationValue(yaml: yaml), recursive: false)
        let tasks = try #require(object as? any TaskPool)
        #expect {
            try Self.report(Self.dummy, models: ["base"], tasks: tasks)
        } throws: {
            "\($0)".contains("is no class of the task 'shapes', which has 0 to 1")
        }
    }

    @Test("A broken image stops the run with its place, or is left out and counted", arguments: [1, 2])
    func brokenImage(_ ranks: Int) throws {
        let directory = try ScratchDirectory()
        let image = try FileSystem.read(
            Repository.directory + "/Tests/DatasetsTests/Fixtures/images/encoded/png_2_8")
        for name in ["circle/1.png", "circle/2.png", "square/4.png"] { try directory.write(name, image) }
        try directory.write("square/3.png", Array(image.prefix(60)))
        func tasks(_ policy: String) throws -> any TaskPool {
            let yaml = """
                _target_: fusion_bench.taskpool.CLIPVisionModelTaskPool
                test_datasets:
                  shapes:
                    _target_: torchvision.datasets.ImageFolder
                    root: \(directory.path)
                    classnames: [circle, square]
                clip_model: \(Self.fixtures)/clip
                processor: \(Self.fixtures)/clip
                on_bad_sample: \(policy)

                """
            let object = try Instantiator(.fusionBench).instantiate(ConfigurationValue(yaml: yaml), recursive: false)
            return try #require(object as? any TaskPool)
        }
        #expect {
            try Self.report(Self.dummy, models: ["base"], tasks: tasks("stop"), ranks: ranks)
        } throws: {
            "\($0)".contains("\(directory.path), row 2: ")
        }
        let report = try Self.report(Self.dummy, models: ["base"], tasks: tasks("skip"), ranks: ranks)
        let details = try #require(report.json["details"]?["shapes"])
        #expect(details["images"]?.int == 3 && details["skipped"]?.int == 1)
        #expect(try #require(report.table).contains("3 (1 skipped)"))
    }
}
