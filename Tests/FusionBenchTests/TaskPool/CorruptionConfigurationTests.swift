import Configuration
import Datasets
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import FusionBench

@Suite("Corruptions in configurations")
struct CorruptionConfigurationTests {
    private static let data = Repository.directory + "/Tests/FusionBenchTests/Fixtures/evaluation/data/"

    private static func dataset(_ yaml: String) throws -> any Dataset {
        try ImageTask.dataset(ConfigurationValue(yaml: yaml)).open()
    }

    private static func images(_ dataset: any Dataset) throws -> [Value] {
        let column = try ImageColumns(of: dataset).image
        return try (0..<dataset.count).compactMap { try dataset.example(at: $0, columns: [column])[column] }
    }

    private static let plain = "_target_: datasets.load_dataset\npath: \(data)mnist\nsplit: test\n"

    @Test("Each kind and severity is that of the images", arguments: ImageCorruption.Kind.allCases)
    func kinds(kind: ImageCorruption.Kind) throws {
        let clean = try Self.dataset(Self.plain)
        let column = try ImageColumns(of: clean).image
        for severity in 1...5 {
            let found = try Self.dataset(Self.plain + "corruption: \(kind.rawValue)\nseverity: \(severity)\n")
            let corruption = try ImageCorruption(kind, severity: severity)
            let expected = CorruptedDataset(clean, column: column, corruption: corruption, seed: 0)
            #expect(try Self.images(found) == Self.images(expected))
            #expect(found.name == clean.name + " with \(kind.rawValue) \(severity)")
        }
    }

    @Test("The severity is 1 if none is given; null leaves images as they are")
    func defaults() throws {
        let one = try Self.images(Self.dataset(Self.plain + "corruption: contrast\nseverity: 1\n"))
        #expect(try Self.images(Self.dataset(Self.plain + "corruption: contrast\n")) == one)
        let clean = try Self.images(Self.dataset(Self.plain))
        #expect(clean != one)
        #expect(try Self.images(Self.dataset(Self.plain + "corruption: null\nseverity: 4\n")) == clean)
    }

    @Test("Any data set of images takes them")
    func targets() throws {
        let directory = try ScratchDirectory()
        let image = try FileSystem.read(
            Repository.directory + "/Tests/DatasetsTests/Fixtures/images/encoded/png_2_8")
        try directory.write("test/a/1.png", image)
        try directory.write("list.csv", "path,label\ntest/a/1.png,a\n")
        for target in [
            "_target_: torchvision.datasets.ImageFolder\nroot: \(directory.path)/test\n",
            "_target_: fusion_bench.dataset.ImageFolder\ndirectory: \(directory.path)\nsplit: test\n",
            "_target_: fusion_bench.dataset.ImageManifest\npath: \(directory.path)/list.csv\n",
            "_target_: fusion_bench.dataset.load_dataset_from_config\ntype: instantiate\n"
                + "object: {_target_: torchvision.datasets.ImageFolder, root: \(directory.path)/test}\n",
        ] {
            let found = try Self.dataset(target + "corruption: contrast\nseverity: 5\n")
            let column = try ImageColumns(of: found).image
            let expected = CorruptedDataset(
                try Self.dataset(target), column: column,
                corruption: try ImageCorruption(.contrast, severity: 5), seed: 0)
            #expect(found.count == 1)
            #expect(try Self.images(found) == Self.images(expected), "\(target)")
        }
        // Also one within another.
        let part = try Self.dataset(
            """
            _target_: fusion_bench.utils.data.train_validation_split
            dataset: {_target_: datasets.load_dataset, path: \(Self.data)mnist, split: test, corruption: pixelate}
            validation_size: 3
            return_split: val

            """)
        #expect(part.count == 3)
        for value in try Self.images(part) {
            guard case .pixels = value else {
                Issue.record("\(value) is not corrupted")
                continue
            }
        }
    }

    @Test("Names and severities that are not there lead to those that are")
    func mistakes() throws {
        for (text, parts) in [
            ("corruption: fog\n", ["corruption", "gaussian_noise", "spatter", "'fog'"]),
            ("corruption: 3\n", ["contrast, gaussian_noise, impulse_noise, jpeg_compression, motion_blur, pixelate"]),
            ("corruption: spatter\nseverity: 6\n", ["severity", "a whole number from 1 to 5"]),
            ("corruption: spatter\nseverity: 0\n", ["severity", "a whole number from 1 to 5"]),
            ("corruption: spatter\nseverity: high\n", ["severity", "a whole number from 1 to 5"]),
        ] {
            #expect {
                try Self.dataset(Self.plain + text)
            } throws: { error in
                parts.allSatisfy { "\(error)".contains($0) }
            }
        }
    }

    private static func tasks(_ yaml: String) throws -> CLIPVisionModelTaskPool {
        let object = try Instantiator(.fusionBench).instantiate(
            ConfigurationValue(yaml: yaml), legacy: .taskPool, recursive: false)
        return try #require(object as? CLIPVisionModelTaskPool)
    }

    @Test("Task pools of FusionBench 0.1 have the classes of their data sets")
    func legacyTaskPool() throws {
        let pool = try Self.tasks(
            """
            type: clip_vit_classification
            name: two tasks
            dataset_type: huggingface_image_classification
            tasks:
              - name: first
                dataset: {name: tanganke/eurosat, path: \(Self.data)eurosat, split: test}
              - name: second
                dataset: {name: mnist, path: \(Self.data)mnist, split: test, corruption: contrast, templates: ["a {}"]}
              - name: third
                dataset:
                  type: instantiate
                  name: mnist
                  object: {_target_: datasets.load_dataset, path: \(Self.data)mnist, split: test}
            clip_model: somewhere
            batch_size: 16
            num_workers: 2
            fast_dev_run: true

            """)
        #expect(pool.tasks.map(\.name) == ["first", "second", "third"])
        #expect(pool.tasks[0].classes == (try ZeroShotTask.named("eurosat")))
        #expect(pool.tasks[1].classes.templates == ["a {}"])
        #expect(pool.batchSize == 16 && pool.isFastDevelopmentRun == true)
        #expect(pool.clipModel.location == "somewhere" && pool.processor == pool.clipModel)
        let counts = try pool.tasks.map { try $0.dataset.open().count }
        #expect(counts == [32, 48, 48])
        #expect(try pool.tasks[1].dataset.open().name.hasSuffix("with contrast 1"))
    }

    @Test("What is wrong with their tasks is told together")
    func legacyMistakes() throws {
        #expect {
            try Self.tasks(
                """
                type: clip_vit_classification
                dataset_type: huggingface_image_classification
                tasks:
                  - dataset: {name: mnist}
                  - {name: b, dataset: {name: mnist, type: folder}}
                  - {name: c, dataset: {path: data}}
                  - {name: d, dataset: {name: mnist, type: instantiate}}
                clip_model: x

                """)
        } throws: { error in
            let text = (error as? ConfigurationError).map(ErrorReport(usesColor: false).text) ?? ""
            return [
                "a task with a name", "huggingface_image_classification, instantiate", "a data set with a name",
                "'object'",
            ].allSatisfy(text.contains)
        }
        #expect {
            try Self.tasks("type: clip_vit_classification\nclip_model: x\ntasks: {a: 1}\n")
        } throws: {
            "\($0)".contains("a list of tasks")
        }
    }
}
