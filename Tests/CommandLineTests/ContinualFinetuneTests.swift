import Foundation
import TestSupport
import Testing

@Suite("Fine-tuning on one task after another, through the program", .serialized)
struct ContinualFinetuneTests {
    /// A directory with a tiny CLIP model and its data, as the pools called `directories` want them.
    private struct Job {
        let scratch: ScratchDirectory

        init() throws {
            scratch = try ScratchDirectory()
            let evaluation = Repository.directory + "/Tests/FusionBenchTests/Fixtures/evaluation"
            for (name, path) in [("models", evaluation), ("data", evaluation + "/data")] {
                try FileManager.default.createSymbolicLink(atPath: scratch.path(name), withDestinationPath: path)
            }
        }

        func arguments(
            _ directory: String, _ more: [String], tasks: String = "taskpool=CLIPVisionModelTaskPool/directories"
        ) -> [String] {
            [
                "method=classification/clip_continual_finetune", "method.num_steps=3", "method.batch_size=16",
                "method.learning_rate=1e-3", "method.save_interval=3", "method.shuffle_order=false",
                "modelpool=CLIPVisionModelPool/directories", tasks, "print_config=false", "path.cache_dir=cache",
                "merged_model_save_path=\(directory)/merged",
                "hydra.run.dir=\(directory)", "report_save_path=\(directory)/report.json", "++fabric.num_threads=1",
            ] + more
        }

        /// Runs into a directory, one launcher at a time.
        func run(_ directory: String, _ more: [String] = []) throws -> ProcessResult {
            try MPILaunch.alone { try fusionBench(arguments(directory, more), in: scratch.path) }
        }

        func report(_ path: String) throws -> [String: Any] {
            let object = try JSONSerialization.jsonObject(with: Data(scratch.read(path).utf8))
            return try #require(object as? [String: Any])
        }

        func bytes(_ run: String) throws -> [Data] {
            try ["task_names.json", "results_0.json", "results_1.json", "learning.json", "merged/model.safetensors"].map
            {
                try #require(FileManager.default.contents(atPath: scratch.path("\(run)/\($0)")), "\($0)")
            }
        }
    }

    private static let tasks = ["mnist", "eurosat"]

    @Test("A report after each task, on those so far, with the same bytes on one rank and two")
    func reports() throws {
        let job = try Job()
        let one = try job.run("one")
        #expect(one.exitCode == 0, "\(one.errors)")
        if MPILaunch.isAvailable {
            let two = try job.run("two", ["fabric.devices=2"])
            #expect(two.exitCode == 0, "\(two.errors)")
            #expect(try job.bytes("two") == job.bytes("one"))
        }
        let order = try JSONDecoder().decode([String].self, from: Data(job.scratch.read("one/task_names.json").utf8))
        #expect(order == Self.tasks)
        for position in order.indices {
            let expected = Array(order[...position])
            let report = try job.report("one/results_\(position).json")
            #expect(Set(report.keys).subtracting(["details"]) == Set(expected + ["model_info", "average"]))
            // The same as of the model that was saved after the task, by itself.
            let others = order.filter { !expected.contains($0) }.map { "~taskpool.test_datasets.\($0)" }
            let alone = try fusionBench(
                [
                    "method=dummy", "modelpool=directories", "~modelpool.models",
                    "++modelpool.models._pretrained_='one/checkpoints/task=\(position)_step=2'",
                    "taskpool=CLIPVisionModelTaskPool/directories", "print_config=false", "path.cache_dir=cache",
                    "hydra.run.dir=alone", "report_save_path=alone/report.json",
                ] + others, in: job.scratch.path)
            #expect(alone.exitCode == 0, "\(alone.errors)")
            let own = try job.report("alone/report.json")
            for key in expected + ["average"] {
                #expect(try #require(report[key] as? NSDictionary) == own[key] as? NSDictionary, "\(position) \(key)")
            }
        }
        // What was learned first is looked at again.
        let (first, last) = (try job.report("one/results_0.json"), try job.report("one/results_1.json"))
        #expect(try #require(first["mnist"] as? NSDictionary) != last["mnist"] as? NSDictionary)
    }

    @Test("Tasks that the task pool does not have are named before anything is trained")
    func missingTask() throws {
        let job = try Job()
        let result = try job.run("out", ["~taskpool.test_datasets.eurosat"])
        #expect(result.exitCode == 1)
        #expect(
            result.errors.contains("the task pool has no test data of 'eurosat': it has 'mnist'"), "\(result.errors)")
        #expect(!job.scratch.files.contains { $0.hasPrefix("out/task_names") || $0.hasPrefix("out/checkpoints") })
        // Without a task pool, there is nothing to report.
        let silent = try fusionBench(job.arguments("silent", [], tasks: "~taskpool"), in: job.scratch.path)
        #expect(silent.exitCode == 0, "\(silent.errors)")
        #expect(job.scratch.files.contains("silent/task_names.json"))
        #expect(!job.scratch.files.contains { $0.hasPrefix("silent/results_") })
    }

    @Test("Killed in the second task: --resume leaves the first alone, and reaches the same bytes")
    func killed() throws {
        let job = try Job()
        let more = ["++fabric.save_every=1", "method.num_steps=20", "method.save_interval=null"]
        let whole = try job.run("whole", more)
        #expect(whole.exitCode == 0, "\(whole.errors)")
        let states = job.scratch.path("cache/training")
        #expect(try FileManager.default.contentsOfDirectory(atPath: states).isEmpty)
        let killed = try ProcessResult(
            of: [Repository.binary] + job.arguments("killed", more), in: job.scratch.path,
            environment: testEnvironment([:])
        ) { process in
            waitForState("clip_continual_finetune_1", in: states)
            kill(process, SIGKILL)
        }
        #expect(killed.exitCode != 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: states).contains { $0.contains("finetune_0") })
        let resumed = try job.run("resumed", more + ["--resume"])
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        let log = resumed.output + resumed.errors
        #expect(log.contains("fine-tuning on mnist was done before, and is not run again"), "\(log)")
        #expect(log.contains("The training goes on after step ") && !log.contains("fine-tuning on mnist: 20 steps"))
        #expect(log.contains("fine-tuning on eurosat: 20 steps"))
        #expect(try job.bytes("resumed") == job.bytes("whole"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: states).isEmpty)
    }

    /// Waits until a training has kept its state.
    private func waitForState(_ name: String, in directory: String) {
        for _ in 0..<60_000 {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            if files.contains(where: { $0.hasPrefix(name) && $0.hasSuffix(".safetensors") }) { return }
            usleep(1_000)
        }
    }
}
