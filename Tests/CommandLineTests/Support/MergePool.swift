import Checkpoints
import Foundation
import Tensors
import TestSupport

/// A pool of small models in a scratch directory, and a configuration that merges them.
struct MergePool {
    let scratch: ScratchDirectory
    static let fixtures = Repository.directory + "/Tests/FusionBenchTests/Fixtures/merging/models/"

    /// The directory of the merged model.
    var output: String { scratch.path("merged") }
    var weights: String { output + "/model.safetensors" }

    /// A pool of models at some paths.
    init(models: [(name: String, path: String)], family: String = "CLIPVisionModelPool") throws {
        scratch = try ScratchDirectory()
        let entries = models.map { "    \($0.name): \($0.path)\n" }.joined()
        try scratch.write(
            "conf/merge.yaml",
            """
            _target_: fusion_bench.programs.FabricModelFusionProgram
            _recursive_: false
            method: {_target_: fusion_bench.method.TaskArithmeticAlgorithm, scaling_factor: 0.3}
            modelpool:
              _target_: fusion_bench.modelpool.\(family)
              models:
            \(entries)
            taskpool: {_target_: fusion_bench.taskpool.DummyTaskPool}
            print_config: false
            allow_non_finite: false
            merged_model_save_path: merged
            merged_model_save_kwargs: {flush: false}
            report_save_path: "{log_dir}/report.json"
            fabric: {devices: 1, num_threads: 1}

            """)
    }

    /// The three CLIP models of the fixtures.
    static func clip() throws -> MergePool {
        try MergePool(models: ["base", "a", "b"].map { ($0 == "base" ? "_pretrained_" : $0, fixtures + "clip/" + $0) })
    }

    /// Arguments for the configuration.
    func arguments(_ overrides: [String] = []) -> [String] {
        ["--config-path", scratch.path("conf"), "-cn", "merge", "hydra.run.dir=run"] + overrides
    }

    /// Merges.
    func run(_ overrides: String...) throws -> ProcessResult {
        try fusionBench(arguments(overrides), in: scratch.path)
    }

    /// Writes a model of one matrix.
    func writeModel(_ name: String, _ values: [Float], columns: Int, dtype: DType = .float32) throws -> String {
        let shape = Shape([values.count / columns, columns])
        let path = scratch.path(name + "/model.safetensors")
        try scratch.write(name + "/config.json", "{}")
        let writer = try SafetensorsWriter(
            path: path, tensors: [TensorDescription(name: "weight", dtype: .float32, shape: shape)], metadata: nil)
        try writer.create()
        try values.withUnsafeBytes { try writer.write($0, to: "weight", at: 0) }
        try writer.finish(flushing: false)
        return scratch.path(name)
    }
}
