import Foundation
import TestSupport
import Testing

/// Methods that merge one model after another, with a real pool of tasks.
@Suite("Reports of each step")
struct ContinualTests {
    private static let evaluation = Repository.directory + "/Tests/FusionBenchTests/Fixtures/evaluation"

    /// A directory with tiny models of CLIP that are called like the tasks they are for.
    private struct Job {
        let scratch: ScratchDirectory

        init() throws {
            scratch = try ScratchDirectory()
            for (name, path) in [("models", evaluation), ("data", evaluation + "/data")] {
                try FileManager.default.createSymbolicLink(atPath: scratch.path(name), withDestinationPath: path)
            }
        }

        /// Runs a method into a directory, and gives its errors back.
        func run(_ method: [String], models: [String: String], to directory: String, _ more: [String] = []) throws {
            let pool = models.sorted { $0.key > $1.key }.map { "++modelpool.models.\($0.key)=\($0.value)" }
            let result = try fusionBench(
                method + ["modelpool=directories", "~modelpool.models"] + pool + [
                    "taskpool=CLIPVisionModelTaskPool/directories", "print_config=false", "path.cache_dir=cache",
                    "hydra.run.dir=\(directory)", "report_save_path=\(directory)/report.json",
                ] + more, in: scratch.path)
            #expect(result.exitCode == 0, "\(method): \(result.errors)")
        }

        func report(_ path: String) throws -> [String: Any] {
            let object = try JSONSerialization.jsonObject(with: Data(scratch.read(path).utf8))
            return try #require(object as? [String: Any])
        }
    }

    private static let models = ["_pretrained_": "models/base", "mnist": "models/a", "eurosat": "models/b"]

    @Test(
        "Each state is evaluated on the tasks of its models, with the same bytes on one rank and two",
        arguments: [
            ["method=opcm/opcm"], ["method=opcm/task_arithmetic"], ["method=opcm/weight_average"],
            ["method=opcm/ties_merging"], ["method=dop/dop", "method.num_steps=3"],
        ])
    func reports(_ method: [String]) throws {
        let job = try Job()
        let method =
            method + [
                "method.shuffle_order=false", "method.evaluate_on_every_step=true", "method.save_on_every_step=true",
            ]
        try job.run(method, models: Self.models, to: "one")
        try job.run(method, models: Self.models, to: "two", ["fabric.devices=2"])
        for name in ["model_names.json", "report_0.json", "report_1.json"] {
            #expect(try job.scratch.read("one/" + name) == job.scratch.read("two/" + name), "\(name)")
        }
        let order = try JSONDecoder().decode([String].self, from: Data(job.scratch.read("one/model_names.json").utf8))
        #expect(Set(order) == ["mnist", "eurosat"])
        let tasks = [[order[0]], order]
        for (step, expected) in tasks.enumerated() {
            let report = try job.report("one/report_\(step).json")
            #expect(Set(report.keys).subtracting(["details"]) == Set(expected + ["model_info", "average"]))
            // The same as of the checkpoint of the step, by itself.
            let others = order.filter { !expected.contains($0) }.map { "~taskpool.test_datasets.\($0)" }
            try job.run(
                ["method=dummy"], models: ["_pretrained_": "one/checkpoints/merged_model_\(step)"], to: "alone", others)
            let alone = try job.report("alone/report.json")
            for key in expected + ["average", "model_info"] {
                #expect(try #require(report[key] as? NSDictionary) == alone[key] as? NSDictionary, "\(step) \(key)")
            }
        }
        // The last state is the result.
        let last = try job.report("one/report_1.json")
        let result = try job.report("one/report.json")
        for key in order + ["average"] {
            #expect(try #require(last[key] as? NSDictionary) == result[key] as? NSDictionary, "\(key)")
        }
    }

    @Test("Without the key there are no reports")
    func withoutReports() throws {
        let job = try Job()
        try job.run(
            ["method=opcm/weight_average", "method.evaluate_on_every_step=false", "method.save_on_every_step=false"],
            models: Self.models, to: "out")
        #expect(!job.scratch.files.contains { $0.hasPrefix("out/report_") || $0.hasPrefix("out/checkpoints") })
        #expect(job.scratch.files.contains("out/report.json"))
    }
}
