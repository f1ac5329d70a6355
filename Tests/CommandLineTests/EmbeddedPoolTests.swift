import Foundation
import TestSupport
import Testing

/// What comes with the configurations is found from anywhere, and images are corrupted as the command says.
@Suite("The embedded pool on the command line")
struct EmbeddedPoolTests {
    private static let evaluation = Repository.directory + "/Tests/FusionBenchTests/Fixtures/evaluation"

    @Test("Its data sets are found from anywhere")
    func paths() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(
            [
                "method=dummy", "taskpool=CLIPVisionModelTaskPool/embedded", "--cfg", "job", "--resolve", "--package",
                "taskpool.test_datasets.letters",
            ], in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.contains("path: \(Repository.directory)/config/embedded/data/letters\n"))
    }

    @Test("Configurations of one's own come first, where they have what is asked for")
    func ownFiles() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("own/main.yaml", "mine: ${config_path:a/b}\nothers: ${config_path:embedded/models/base}\n")
        try scratch.write("own/a/b", "")
        let result = try fusionBench(
            ["--config-path", "own", "-cn", "main", "--cfg", "job", "--resolve"], in: scratch.path)
        #expect(
            result.output == """
                mine: \(scratch.path)/own/a/b
                others: \(Repository.directory)/config/embedded/models/base

                """, "\(result.errors)")
        try scratch.write("own/main.yaml", "mine: ${config_path:a/c}\n")
        let missing = try fusionBench(
            ["--config-path", "own", "-cn", "main", "--cfg", "job", "--resolve"], in: scratch.path)
        #expect(missing.exitCode == 1 && missing.output.isEmpty)
        #expect(missing.errors.contains("'a/c'") && missing.errors.contains(scratch.path + "/own"))
    }

    /// A pool of one model, of any size.
    private static let pool = [
        "method=dummy", "~modelpool.models", "++modelpool.models._pretrained_=\(evaluation)/base",
    ]

    private static func report(_ arguments: [String], in scratch: ScratchDirectory) throws -> [String: Any] {
        let result = try fusionBench(
            pool + ["fast_dev_run=true", "report_save_path=report.json"] + arguments, in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        let report = try JSONSerialization.jsonObject(with: Data(scratch.read("report.json").utf8))
        return try #require(report as? [String: Any])
    }

    private static func loss(_ report: [String: Any], _ task: String) throws -> Double {
        let entry = try #require(report[task] as? [String: Any])
        return try #require(entry["loss"] as? Double)
    }

    @Test("corruption=… and severity=… change the images")
    func corruptions() throws {
        let scratch = try ScratchDirectory()
        let model = "taskpool.base_model=\(Self.evaluation)/clip"
        let clean = try Self.report(["taskpool=CLIPVisionModelTaskPool/embedded", model], in: scratch)
        var losses: Set<Double> = [try Self.loss(clean, "average")]
        let corrupted = ["--config-name", "embedded_robustness_corrupted", model]
        let kinds = [
            "contrast", "gaussian_noise", "impulse_noise", "jpeg_compression", "motion_blur", "pixelate", "spatter",
        ]
        for kind in kinds {
            let report = try Self.report(corrupted + ["corruption=\(kind)"], in: scratch)
            losses.insert(try Self.loss(report, "average"))
        }
        let worse = try Self.report(corrupted + ["corruption=spatter", "severity=5"], in: scratch)
        losses.insert(try Self.loss(worse, "average"))
        #expect(losses.count == 9)
        let again = try Self.report(
            [
                "taskpool=CLIPVisionModelTaskPool/embedded_robustness_corrupted", model, "+corruption=spatter",
                "+severity=5",
            ], in: scratch)
        #expect(try Self.loss(again, "average") == Self.loss(worse, "average"))
    }

    @Test("A corruption that nobody knows is refused, with those that are there")
    func mistakes() throws {
        let scratch = try ScratchDirectory()
        let arguments = Self.pool + ["--config-name", "embedded_robustness_corrupted"]
        for (argument, part) in [
            (
                "corruption=fog",
                "contrast, gaussian_noise, impulse_noise, jpeg_compression, motion_blur, pixelate, spatter"
            ),
            ("severity=9", "a whole number from 1 to 5"),
        ] {
            let result = try fusionBench(arguments + [argument], in: scratch.path)
            #expect(result.exitCode == 1 && result.errors.contains(part), "\(result.errors)")
        }
    }

    @Test("Learned coefficients merge better than the mean that they start from, and a mean better than none")
    func order() throws {
        let scratch = try ScratchDirectory()
        var arguments = [
            "--multirun", "method=individual_models,simple_average,adamerging/clip_layer_wise",
            "modelpool=CLIPVisionModelPool/embedded", "taskpool=CLIPVisionModelTaskPool/embedded",
            // 1/T: the simple average.
            "+adamerging_init=0.2", "+adamerging_steps=20", "+adamerging_lr=1e-2", "hydra.sweep.dir=sweep",
            "report_save_path=null", "path.cache_dir=cache", "print_config=false",
        ]
        for task in ["fashion_mnist", "digits", "letters", "greek", "hiragana"] {
            for pool in ["modelpool", "taskpool"] {
                arguments.append("\(pool).test_datasets.\(task).split='test[:250]'")
            }
        }
        let result = try fusionBench(arguments, in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        let board = try JSONSerialization.jsonObject(with: Data(scratch.read("sweep/leaderboard.json").utf8))
        let rows = try #require((board as? [String: Any])?["rows"] as? [[String: Any]])
        func average(_ name: String) throws -> Double {
            let row = try #require(rows.first { $0["name"] as? String == name }, "\(name)")
            return try #require(row["average"] as? Double)
        }
        let names = ["pretrained", "simple_average", "adamerging/clip_layer_wise", "each task's own model"]
        let averages = try names.map(average)
        #expect(zip(averages, averages.dropFirst()).allSatisfy { $0 + 0.01 < $1 }, "\(averages)")
    }

    @Test("The robustness benchmark of CLIP-ViT-B/32 runs as it is, on splits that are called like corruptions")
    func robustness() throws {
        let scratch = try ScratchDirectory()
        // Where no hub is, names are looked for as folders.
        for name in ["stanford_cars", "eurosat", "resisc45", "gtsrb"] {
            let folder = "\(scratch.path)/tanganke/\(name)/data"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (split, source) in [("test", "mnist/test"), ("motion_blur", "eurosat/test")] {
                try FileManager.default.copyItem(
                    atPath: "\(Self.evaluation)/data/\(source).parquet",
                    toPath: "\(folder)/\(split)-00000-of-00001.parquet")
            }
        }
        let model = "taskpool.clip_model=\(Self.evaluation)/clip"
        let clean = try Self.report(
            ["taskpool=clip-vit-base-patch32_robustness_clean", "modelpool=directories", model], in: scratch)
        let corrupted = try Self.report(
            ["--config-name", "clip-vit-base-patch32_robustness_corrupted", "corruption=motion_blur", model],
            in: scratch)
        for name in ["stanford_cars", "eurosat", "resisc45", "gtsrb"] {
            #expect(try Self.loss(clean, name) != Self.loss(corrupted, name))
        }
        let details = try #require((corrupted["details"] as? [String: Any])?["eurosat"] as? [String: Any])
        #expect(details["images"] as? Int == 32)
    }
}
