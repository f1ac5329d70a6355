import Checkpoints
import OrderedCollections
import Tensors
import Testing

@testable import FusionBench

@Suite("Task singular vectors")
struct TaskSingularVectorTests {
    @Test("The same tensors as the reference", arguments: SpectralFixtures.cases("task_singular_vector"))
    func parity(_ item: MergingCase) throws { try SpectralFixtures.check(item) }

    @Test("A list has a number for each model")
    func alpha() throws {
        let problems = try MergingRun.method(
            "{_target_: fusion_bench.method.TaskSingularVectorMerging, alpha: [1, 2]}"
        ).problems(with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a", "b", "c"), .clipVision))
        #expect(problems == ["TSV-M needs one entry of 'alpha' for each model: 3, not 2"])
    }

    @Test("Compression leaves matrices of a lower rank, and the best ones")
    func compression() throws {
        let pool = MergingFixtures.pool("clip", "base", "a", "b")
        let method = "{_target_: fusion_bench.method.TaskSingularVectorCompression, sv_reduction: 0.5}"
        let results = try MergingRun.fuse(method, pool, family: .clipVision)
        #expect(Set(results.keys) == ["a", "b"])
        let name = "encoder.layers.0.mlp.fc1.weight"
        let base = try matrix(Self.tensors(of: pool[0].path)[name])
        for task in ["a", "b"] {
            let own = try #require(pool.first { $0.name == task })
            let tuned = try Self.tensors(of: own.path)
            let original = try matrix(tuned[name]) - base
            let compressed = try matrix(results[task]?[name]) - base
            let values = try original.leadingSingularVectors().values
            let kept = try compressed.leadingSingularVectors().values
            // Six of twelve; the others are what rounding to binary32 leaves.
            #expect(zip(values, kept).prefix(6).allSatisfy { abs($0 - $1) < 1e-6 * values[0] })
            #expect(kept.dropFirst(6).allSatisfy { $0 < 1e-5 * values[0] })
            let rest = try (original - compressed).leadingSingularVectors().values
            #expect(abs(rest[0] - values[6]) < 1e-5 * values[0])
            // Vectors stay the task's own.
            #expect(results[task]?["pre_layrnorm.bias"] == tuned["pre_layrnorm.bias"])
        }
    }

    /// The tensors of a model of the fixtures.
    private static func tensors(of path: String) throws -> MergingRun.Tensors {
        try SafetensorsFile(path + "/model.safetensors").stateDict.tensors.mapValues(MergedTensor.init)
    }

    private func matrix(_ tensor: MergedTensor?) throws -> Tensor {
        let tensor = try #require(tensor)
        return try Tensor(tensor.values, shape: tensor.shape).converted(to: .float64)
    }
}
