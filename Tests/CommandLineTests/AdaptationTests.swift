import Foundation
import TestSupport
import Testing

@Suite("AdaMerging through the program", .serialized)
struct AdaptationTests {
    private static let fixtures = Repository.directory + "/Tests/FusionBenchTests/Fixtures/evaluation"

    /// A scratch directory with a configuration, and the arguments for it.
    private func arguments(_ scratch: ScratchDirectory, _ more: [String]) throws -> [String] {
        let sets = ["mnist", "eurosat"].map {
            "    \($0): {_target_: datasets.load_dataset, path: \(Self.fixtures)/data/\($0), split: test}\n"
        }.joined()
        try scratch.write(
            "conf/adapt.yaml",
            """
            _target_: fusion_bench.programs.FabricModelFusionProgram
            _recursive_: false
            method: {name: clip_layer_wise_adamerging, batch_size: 32, max_steps: 60, save_merging_weights: weights.pt}
            modelpool:
              _target_: fusion_bench.modelpool.CLIPVisionModelPool
              models: {_pretrained_: \(Self.fixtures)/clip, mnist: \(Self.fixtures)/a, eurosat: \(Self.fixtures)/b}
              processor: \(Self.fixtures)/clip
              test_datasets:
            \(sets)
            taskpool: {_target_: fusion_bench.taskpool.DummyTaskPool}
            print_config: false
            merged_model_save_path: "{log_dir}/merged"
            merged_model_save_kwargs: {flush: false}
            path: {cache_dir: cache}
            fabric: {devices: 1, num_threads: 1, save_every: 1}

            """)
        return ["--config-path", scratch.path("conf"), "-cn", "adapt"] + more
    }

    private static let results = ["weights.pt", "learning.json", "merged/model.safetensors"]

    private func bytes(_ scratch: ScratchDirectory, _ run: String) -> [Data?] {
        Self.results.map { FileManager.default.contents(atPath: scratch.path("\(run)/\($0)")) }
    }

    @Test("The same bytes with any number of ranks", .enabled(if: MPILaunch.isAvailable))
    func ranks() throws {
        let scratch = try ScratchDirectory()
        for (run, ranks, threads) in [("a", 1, 1), ("b", 2, 1), ("c", 3, 2)] {
            let result = try MPILaunch.alone {
                try fusionBench(
                    try arguments(
                        scratch,
                        [
                            "hydra.run.dir=\(run)", "fabric.devices=\(ranks)", "fabric.num_threads=\(threads)",
                            "method.max_steps=6",
                        ]), in: scratch.path)
            }
            #expect(result.exitCode == 0, "\(result.errors)")
            if ranks > 1 { #expect((result.output + result.errors).contains("a rank sends ")) }
        }
        let first = bytes(scratch, "a")
        #expect(first.allSatisfy { $0 != nil })
        #expect(bytes(scratch, "b") == first && bytes(scratch, "c") == first)
    }

    @Test(
        "A rank killed in the middle: one message; --resume then reaches the same bytes",
        .enabled(if: MPILaunch.isAvailable))
    func killed() throws {
        let scratch = try ScratchDirectory()
        let whole = try fusionBench(try arguments(scratch, ["hydra.run.dir=whole"]), in: scratch.path)
        #expect(whole.exitCode == 0, "\(whole.errors)")
        let states = scratch.path("cache/training")
        #expect(try FileManager.default.contentsOfDirectory(atPath: states).isEmpty)
        let killed = try MPILaunch.alone {
            try ProcessResult(
                of: [Repository.binary] + (try arguments(scratch, ["hydra.run.dir=killed", "fabric.devices=2"])),
                in: scratch.path, environment: ProcessInfo.processInfo.environment
            ) { launcher in
                waitForState(in: states)
                let ranks = Self.descendants(of: launcher).filter { Self.isRank($0) }
                try #require(ranks.count == 2)
                kill(ranks[1], SIGKILL)
            }
        }
        #expect(killed.exitCode != 0)
        let lines = killed.errors.split(separator: "\n").filter { $0.contains("Killed") || $0.contains("rank") }
        #expect(lines.count == 1, "\(killed.errors)")
        let resumed = try MPILaunch.alone {
            try fusionBench(
                try arguments(scratch, ["--resume", "hydra.run.dir=resumed", "fabric.devices=2"]), in: scratch.path)
        }
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        #expect((resumed.output + resumed.errors).contains("The training goes on after step "))
        #expect(bytes(scratch, "resumed") == bytes(scratch, "whole"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: states).isEmpty)
    }

    @Test(
        "A single process killed in the middle: --resume, here on two ranks, reaches the same bytes",
        .enabled(if: MPILaunch.isAvailable))
    func killedAlone() throws {
        let scratch = try ScratchDirectory()
        let whole = try fusionBench(try arguments(scratch, ["hydra.run.dir=whole"]), in: scratch.path)
        #expect(whole.exitCode == 0, "\(whole.errors)")
        _ = try ProcessResult(
            of: [Repository.binary] + (try arguments(scratch, ["hydra.run.dir=stopped"])), in: scratch.path,
            environment: ProcessInfo.processInfo.environment
        ) { process in
            waitForState(in: scratch.path("cache/training"))
            kill(process, SIGKILL)
        }
        let resumed = try MPILaunch.alone {
            try fusionBench(
                try arguments(scratch, ["--resume", "hydra.run.dir=resumed", "fabric.devices=2"]), in: scratch.path)
        }
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        #expect((resumed.output + resumed.errors).contains("The training goes on after step "))
        #expect(bytes(scratch, "resumed") == bytes(scratch, "whole"))
    }

    @Test("A job that fails after its training does not train again with --resume")
    func failedAfterwards() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("broken/test/0/0.png", "This is no image.")
        let taskPool =
            "taskpool={_target_: fusion_bench.taskpool.CLIPVisionModelTaskPool, clip_model: \(Self.fixtures)/clip, "
            + "processor: \(Self.fixtures)/clip, test_datasets: {mnist: {_target_: datasets.load_dataset, "
            + "path: \(scratch.path("broken")), split: test}}}"
        let states = scratch.path("cache/training")
        let short = ["method.max_steps=5", "fabric.save_every=100"]
        let whole = try fusionBench(try arguments(scratch, short + ["hydra.run.dir=whole"]), in: scratch.path)
        #expect(whole.exitCode == 0, "\(whole.errors)")
        let failed = try fusionBench(
            try arguments(scratch, short + ["hydra.run.dir=failed", "~taskpool", "+" + taskPool]), in: scratch.path)
        #expect(failed.exitCode != 0 && failed.errors.contains("neither JPEG nor PNG"), "\(failed.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: states).count == 1)
        let resumed = try fusionBench(
            try arguments(scratch, short + ["--resume", "hydra.run.dir=resumed"]), in: scratch.path)
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        #expect((resumed.output + resumed.errors).contains("was done before, and is not run again"))
        #expect(bytes(scratch, "resumed") == bytes(scratch, "whole"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: states).isEmpty)
    }

    /// Waits until a training has kept its state.
    private func waitForState(in directory: String) {
        for _ in 0..<20_000 {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            if files.contains(where: { $0.hasSuffix(".safetensors") }) { return }
            usleep(1_000)
        }
    }

    /// The processes that a process has started, and those that they have.
    private static func descendants(of process: pid_t) -> [pid_t] {
        let path = "/proc/\(process)/task/\(process)/children"
        let children = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: " ")
            .compactMap { pid_t($0) }
        return children + children.flatMap(descendants)
    }

    private static func isRank(_ process: pid_t) -> Bool {
        let bytes = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
        return String(decoding: bytes, as: UTF8.self).contains("OMPI_COMM_WORLD_RANK=")
    }
}
