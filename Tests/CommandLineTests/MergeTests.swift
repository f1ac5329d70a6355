import Checkpoints
import Foundation
import OrderedCollections
import Tensors
import TestSupport
import Testing

@Suite("Merging through the program")
struct MergeTests {
    @Test("Weights, configuration, model card, provenance and report are written")
    func happyPath() throws {
        let pool = try MergePool.clip()
        let result = try pool.run()
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: pool.output).sorted() == [
                "README.md", "config.json", "model.safetensors",
            ])
        let merged = try SafetensorsFile(pool.weights).stateDict
        let base = try SafetensorsFile(MergePool.fixtures + "clip/base/model.safetensors").stateDict
        #expect(Set(merged.tensors.keys) == Set(base.tensors.keys))
        #expect(merged.metadata["format"] == "pt")
        #expect(merged.metadata["fusion_bench_recipe"]?.contains("scaling_factor: 0.3") == true)
        #expect(try pool.scratch.read("merged/README.md").contains("TaskArithmeticAlgorithm"))
        let report = try pool.scratch.read("run/report.json")
        #expect(report.contains("\"model_info\"") && result.output.contains("\"all_params\""))
        for part in ["\"provenance\"", "fusion_bench_version", "fusion_bench_recipe", "fusion_bench_inputs"] {
            #expect(report.contains(part), "\(part)")
        }
    }

    @Test("The same bytes with any number of ranks", .enabled(if: MPILaunch.isAvailable))
    func ranks() throws {
        let pool = try MergePool.clip()
        #expect(try pool.run().exitCode == 0)
        let bytes = FileManager.default.contents(atPath: pool.weights)
        for ranks in [2, 3] {
            let result = try MPILaunch.alone { try pool.run("fabric.devices=\(ranks)") }
            #expect(result.exitCode == 0, "\(result.errors)")
            #expect(FileManager.default.contents(atPath: pool.weights) == bytes)
        }
    }

    @Test("check finds everything that is wrong at once, and writes nothing")
    func check() throws {
        let pool = try MergePool.clip()
        let arguments = ["check"] + pool.arguments()
        let good = try fusionBench(arguments, in: pool.scratch.path)
        #expect(good.exitCode == 0 && good.output.contains("Nothing is wrong."), "\(good.errors)")
        let bad = try fusionBench(
            arguments + [
                "modelpool.models.a=\(MergePool.fixtures)llama/a", "modelpool.models.b=no/model",
                "merged_model_save_path=/proc/nowhere/merged",
            ], in: pool.scratch.path)
        #expect(bad.exitCode == 1 && bad.output.isEmpty)
        for text in ["3 things are wrong", "'a'", "no vision model of CLIP", "'b'", "no/model", "/proc"] {
            #expect(bad.errors.contains(text), "\(bad.errors)")
        }
        #expect(pool.scratch.files == ["conf/merge.yaml"])
    }

    @Test("check warns of different vocabularies")
    func vocabularies() throws {
        let empty = try MergePool(models: [])
        let base = try empty.writeModel("base", [1, 2], columns: 1)
        let tuned = try empty.writeModel("tuned", [3, 4], columns: 1)
        try empty.scratch.write("base/vocab.txt", "a\nb\n")
        try empty.scratch.write("tuned/vocab.txt", "b\na\n")
        let pool = try MergePool(models: [("_pretrained_", base), ("tuned", tuned)], family: "BaseModelPool")
        let check = try fusionBench(["check"] + pool.arguments(), in: pool.scratch.path)
        #expect(check.exitCode == 0 && check.output.contains("Nothing keeps it from running."))
        #expect(check.errors.contains("warning: ") && check.errors.contains("2 with other numbers: 'b' is 0, not 1"))
        let run = try pool.run()
        #expect(run.exitCode == 0 && (run.output + run.errors).contains("another vocabulary"))
    }

    @Test("A model of another shape is named with all tensors that do not fit")
    func mismatch() throws {
        let pool = try MergePool.clip()
        let result = try pool.run("modelpool.models.b=\(MergePool.fixtures)clip_small/a")
        #expect(result.exitCode == 1)
        #expect(result.errors.contains("The model 'b'") && result.errors.contains("shapes"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: pool.output))
    }

    @Test("A value that is no number stops the merge, with tensor, model and place, and leaves nothing")
    func nonFinite() throws {
        let empty = try MergePool(models: [])
        let base = try empty.writeModel("base", [1, 2, 3, 4, 5, 6], columns: 3)
        let bad = try empty.writeModel("bad", [1, 2, 3, 4, .nan, 6], columns: 3)
        let pool = try MergePool(models: [("_pretrained_", base), ("bad", bad)], family: "BaseModelPool")
        let result = try pool.run()
        #expect(result.exitCode == 1)
        for text in ["'weight'", "'bad'", "[1, 1]", "nan", "allow_non_finite=true"] {
            #expect(result.errors.contains(text), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: pool.output))
        #expect(try pool.run("allow_non_finite=true").exitCode == 0)
    }

    @Test("The checkpoint and its card say which files it was made of; by hashes of all bytes if that is asked for")
    func inputDigests() throws {
        let empty = try MergePool(models: [])
        let values = (0..<1 << 17).map { Float($0 % 1000) }
        let base = try empty.writeModel("base", values, columns: 1024)
        let tuned = try empty.writeModel("tuned", values.map { $0 + 1 }, columns: 1024)
        let pool = try MergePool(models: [("_pretrained_", base), ("tuned", tuned)], family: "BaseModelPool")
        func inputs() throws -> String {
            try #require(try SafetensorsFile(pool.weights).stateDict.metadata["fusion_bench_inputs"])
        }
        #expect(try pool.run().exitCode == 0)
        let file = tuned + "/model.safetensors"
        #expect(try inputs().contains("\(FileDigest(quicklyOf: file))"))
        #expect(try inputs().contains("\"tuned\"") && inputs().contains("sample-sha256:"))
        #expect(try pool.scratch.read("merged/README.md").contains("\(FileDigest(quicklyOf: file))"))
        #expect(try pool.run("+merged_model_save_kwargs.hash_inputs=true").exitCode == 0)
        #expect(try inputs().contains("\(FileDigest(contentOf: file))") && !inputs().contains("sample"))
    }

    @Test("Tensors that are only copied are written in the type that is asked for")
    func copiedType() throws {
        let pool = try MergePool.clip()
        let result = try pool.run(
            "method._target_=fusion_bench.method.DummyAlgorithm", "~method.scaling_factor",
            "+merged_model_save_kwargs.model_dtype=bfloat16")
        #expect(result.exitCode == 0, "\(result.errors)")
        let tensors = try SafetensorsFile(pool.weights).stateDict.tensors.values
        #expect(tensors.contains { $0.dtype == .bfloat16 } && !tensors.contains { $0.dtype == .float32 })
    }

    @Test("A merge never writes onto one of its models")
    func ontoInput() throws {
        let empty = try MergePool(models: [])
        let paths = try [("_pretrained_", 1), ("a", 2)].map {
            ($0.0, try empty.writeModel($0.0, [Float($0.1)], columns: 1))
        }
        let pool = try MergePool(models: paths, family: "BaseModelPool")
        let before = try Data(contentsOf: URL(fileURLWithPath: paths[1].1 + "/model.safetensors"))
        let result = try pool.run("merged_model_save_path=\(paths[1].1)")
        #expect(result.exitCode == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: paths[1].1 + "/model.safetensors")) == before)
    }

    @Test("A merge that is killed at any moment leaves the previous model whole; a rerun succeeds and cleans up")
    func killed() throws {
        let empty = try MergePool(models: [])
        let count = 1 << 21
        let base = try empty.writeModel("base", (0..<count).map { Float($0 % 1000) }, columns: 1024)
        let tuned = try empty.writeModel("tuned", (0..<count).map { Float($0 % 999) }, columns: 1024)
        let pool = try MergePool(models: [("_pretrained_", base), ("tuned", tuned)], family: "BaseModelPool")
        let start = ContinuousClock.now
        #expect(try pool.run().exitCode == 0)
        let microseconds = Int(start.duration(to: .now) / .microseconds(1))
        let before = FileManager.default.contents(atPath: pool.weights)
        var random = SplitMix64(seed: FuzzSettings.seed)
        let wanted = FuzzSettings.requestedKills ?? 10
        var kills = 0
        for _ in 0..<20 * wanted where kills < wanted {
            // Another result, so that half of it would show.
            let arguments = [Repository.binary] + pool.arguments(["method.scaling_factor=0.9"])
            let result = try ProcessResult(of: arguments, in: pool.scratch.path, environment: testEnvironment([:])) {
                usleep(UInt32(random.below(microseconds)))
                kill($0, SIGKILL)
            }
            if result.exitCode == 0 {
                #expect(try pool.run().exitCode == 0)
                continue
            }
            #expect(result.exitCode == 128 + SIGKILL)
            kills += 1
            let now = FileManager.default.contents(atPath: pool.weights)
            if now != before {
                // It was killed after the model had its name.
                #expect(try SafetensorsFile(pool.weights).stateDict.tensors.count == 1)
                #expect(try pool.run().exitCode == 0)
            }
        }
        #expect(kills == wanted)
        #expect(try pool.run().exitCode == 0)
        #expect(FileManager.default.contents(atPath: pool.weights) == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: pool.output).sorted()
        #expect(left == ["README.md", "config.json", "model.safetensors"])
    }

    @Test("Models far larger than memory are planned at once, in little memory")
    func absurdSizes() throws {
        let scratch = try ScratchDirectory()
        for model in ["base", "a", "b"] {
            try scratch.write(model + "/config.json", "{}")
            var weightMap: [String] = []
            for shard in 1...20 {
                let name = String(format: "model-%05d-of-00020.safetensors", shard)
                var entries: [String] = []
                for layer in 0..<16 {
                    let tensor = "layers.\(shard).\(layer).weight"
                    let size = 2 * 4096 * 5376
                    entries.append(
                        "\"\(tensor)\":{\"dtype\":\"F16\",\"shape\":[4096,5376],\"data_offsets\":[\(layer * size),\((layer + 1) * size)]}"
                    )
                    weightMap.append("\"\(tensor)\":\"\(name)\"")
                }
                var header = Array(("{" + entries.joined(separator: ",") + "}").utf8)
                while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
                let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
                try scratch.write("\(model)/\(name)", length + header)
                truncate(scratch.path("\(model)/\(name)"), 8 + header.count + 16 * 2 * 4096 * 5376)
            }
            try scratch.write(
                model + "/model.safetensors.index.json",
                "{\"metadata\":{\"total_size\":14092861440},\"weight_map\":{\(weightMap.joined(separator: ","))}}")
        }
        let models = ["base", "a", "b"].map { ($0 == "base" ? "_pretrained_" : $0, scratch.path($0)) }
        let pool = try MergePool(models: models, family: "BaseModelPool")
        // 300 MB of addresses, of which the program itself takes a part.
        func limited(_ command: [String]) -> [String] {
            ["/bin/bash", "-c", "ulimit -v 300000; exec \"$@\"", "bash"] + command
        }
        let start = ContinuousClock.now
        let check = try run(
            limited([Repository.binary, "check"] + pool.arguments(["~merged_model_save_path"])), in: pool.scratch.path)
        #expect(check.exitCode == 0, "\(check.errors)")
        #expect(check.output.contains("7.0 billion in 320 tensors"), "\(check.output)")
        // What is cut needs little, whatever its size; matrices that are needed as a whole are counted.
        let memory = try #require(check.output.split(separator: "\n").first { $0.hasPrefix("memory") })
        #expect(memory.contains("about 3") && memory.contains(" MiB in each rank"), "\(memory)")
        let spectral = try run(
            limited(
                [Repository.binary, "check"]
                    + pool.arguments([
                        "~merged_model_save_path", "fabric.num_threads=2",
                        "method={_target_:fusion_bench.method.ISO_C_Merge,scaling_factor:1.0}",
                    ])),
            in: pool.scratch.path)
        // Of two matrices [4096, 5376]: six times the values in binary32, the sum and five matrices [4096, 4096].
        #expect(spectral.output.contains("about 2.6 GiB in each rank with 2 threads"), "\(spectral.output)")
        #expect(start.duration(to: .now) < .seconds(5))
        // It starts, too, where there is room for the result; then it is asked to end, and leaves nothing.
        let merge = try run(
            limited(["/usr/bin/timeout", "3", Repository.binary] + pool.arguments()), in: pool.scratch.path)
        #expect(merge.exitCode == 124 || merge.errors.contains("are free"), "\(merge.errors)")
        #expect(!pool.scratch.files.contains { $0.hasPrefix("merged/") })
    }
}
