import Checkpoints
import Configuration
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("KnOTS")
struct KnOTSTests {
    @Test("The same tensors as the reference's alignment with its TIES", arguments: SpectralFixtures.cases("knots"))
    func parity(_ item: MergingCase) throws { try SpectralFixtures.check(item) }

    @Test("The cases are there")
    func cases() { #expect(SpectralFixtures.cases("knots").count == 5) }

    private static func method(_ base: String, _ more: String = "") -> String {
        "{_target_: fusion_bench.method.knots.KnOTSMerging, base_method: {_target_: fusion_bench.method.\(base)}\(more)}"
    }

    @Test("U has orthonormal columns, and U times the components of a task is its task vector")
    func definition() throws {
        let models = MergingFixtures.pool("clip", "base", "a", "b", "c")
        let errors = try MergingRun.alone { context -> [Double] in
            let matrices = try MergingRun.pool(models, .clipVision).aligned(
                names: ["a", "b", "c"], withPretrained: true
            ).restricted { LinearWeights.contains($0.key, $0.input.shape) }
            let components = try AlignedComponents(matrices, above: 1e-7, in: context)
            #expect(components.models.parameters.count == matrices.parameters.count)
            return try matrices.parameters.flatMap { parameter -> [Double] in
                let basis = try #require(components.bases[parameter.key]).readTensor().converted(to: .float64)
                let identity = Tensor([basis.size(0), basis.size(0)]) {
                    $0 % (basis.size(0) + 1) == 0 ? 1.0 : 0.0
                }
                let aligned = try #require(components.models.parameters.first { $0.key == parameter.key })
                let base = try #require(parameter.input.pretrained).readTensor().converted(to: .float64)
                let task = zip(parameter.input.models, aligned.input.models).map { model, component in
                    Result {
                        let vector = try model.readTensor().converted(to: .float64) - base
                        let product = basis.matrixProduct(
                            try component.readTensor().converted(to: .float64), transposesSelf: true)
                        return Self.error(product, vector)
                    }
                }
                return [Self.error(basis.gramMatrix(of: .rows), identity)] + (try task.map { try $0.get() })
            }
        }
        #expect(errors.count > 40 && errors.allSatisfy { $0 < 1e-5 }, "\(errors.max() ?? .nan)")
    }

    private static func error(_ found: Tensor, _ expected: Tensor) -> Double {
        let difference = (found - expected).array(of: Double.self).map(abs).max() ?? .nan
        return difference / (expected.array(of: Double.self).map(abs).max() ?? 1)
    }

    @Test("What is linear does not change by another basis", arguments: [1e-7, 0])
    func linear(_ least: Double) throws {
        let models = MergingFixtures.pool("clip", "base", "a", "b", "c")
        let arithmetic = "TaskArithmeticAlgorithm, scaling_factor: 0.4"
        let plain = try MergingRun.fuse(
            "{_target_: fusion_bench.method.\(arithmetic)}", models, family: .clipVision)["merged"]
        let aligned = try MergingRun.fuse(
            Self.method(arithmetic, ", min_singular_value: \(least)"), models, family: .clipVision)["merged"]
        let expected = try #require(plain)
        for (name, tensor) in try #require(aligned) {
            #expect(try MergedTensor.error(tensor, expected: #require(expected[name])) < 1e-6, "\(name)")
        }
    }

    @Test("Adapters are not rounded to the base's type: their ranks are those of their factors")
    func adapters() throws {
        let pool = try AdapterPool(ranks: [2, 3, 1])
        let found = try MergingRun.alone { context -> [Int] in
            let models = try MergingRun.pool(pool.models).aligned(names: ["a", "b", "c"], withPretrained: true)
                .restricted { $0.input.shape.rank == 2 }
            return try AlignedComponents(models, above: 1e-5, in: context).models.parameters.map {
                $0.input.shape.dimensions[0]
            }
        }
        #expect(found == [6, 6, 6])
        let merged = try #require(
            try MergingRun.fuse(Self.method("TaskArithmeticAlgorithm, scaling_factor: 0.5"), pool.models)["merged"])
        for module in AdapterPool.modules {
            let sum = try pool.delta("a", module.name) + pool.delta("b", module.name) + pool.delta("c", module.name)
            let expected = try pool.base(module.name + ".weight") + sum * Tensor(0.5)
            let error = try #require(merged[module.name + ".weight"]).error(from: expected)
            #expect(error < (module.dtype == .bfloat16 ? 0x1p-8 : 1e-6), "\(module.name): \(error)")
        }
        #expect(try #require(merged["layers.0.norm.weight"]).error(from: pool.base("layers.0.norm.weight")) == 0)
    }

    @Test("Adapters give what the whole matrices give")
    func adaptersAsMatrices() throws {
        let pool = try AdapterPool()
        // The same models with the adapters in them; only the matrix of float32 is not rounded by that.
        let whole = try MergingRun.alone { context in
            let models = MergingRun.pool(pool.models)
            return try ["a", "b", "c"].map {
                ($0, try FusedModel(copying: models.load($0)).stored(as: $0, modelNames: ["a", "b", "c"], in: context))
            }
        }
        let directory = try ScratchDirectory()
        var models = [pool.models[0]]
        for (name, tensors) in whole {
            let path = directory.path(name + ".safetensors")
            let writer = try SafetensorsWriter(
                path: path,
                tensors: tensors.map { TensorDescription(name: $0.key, dtype: .float32, shape: $0.value.shape) },
                metadata: nil)
            try writer.create()
            for (key, tensor) in tensors {
                try tensor.readAll().withUnsafeBytes { try writer.write($0, to: key, at: 0) }
            }
            try writer.finish(flushing: false)
            models.append((name, path))
        }
        // Only this module takes part, so that thresholds are the same.
        let ties = Self.method(
            "TiesMergingAlgorithm, scaling_factor: 0.7, threshold: 30, merge_func: mean",
            ", merge_other_params: false, exclude_keys: [layers.0.attn.q_proj.weight, layers.1.attn.q_proj.weight]")
        let name = "layers.0.mlp.fc.weight"
        let thin = try #require(try MergingRun.fuse(ties, pool.models)["merged"]?[name])
        let full = try #require(try MergingRun.fuse(ties, models)["merged"]?[name])
        #expect(MergedTensor.error(thin, expected: full) < 1e-5)
        #expect(try thin.error(from: pool.base(name)) > 1e-3)
    }

    @Test("The same bytes on any number of ranks and threads")
    func bytes() throws {
        let ties = Self.method("TiesMergingAlgorithm, scaling_factor: 0.7, threshold: 30, merge_func: mean")
        let pool = try AdapterPool()
        try MergingParity.checkSameBytes(ties, pool.models)
        withExtendedLifetime(pool) {}
        try MergingParity.checkSameBytes(
            ties, MergingFixtures.pool("clip", "base", "a", "b", "c"), family: .clipVision)
    }

    @Test(
        "Methods that merge no task vectors, and numbers out of range, are refused",
        arguments: [
            (
                "SimpleAverageAlgorithm", "",
                "KnOTS merges task vectors; Simple average does without the pretrained model"
            ),
            ("SlerpMergeAlgorithm, t: 0.3", "", "Slerp"),
            (
                "TaskArithmeticAlgorithm, scaling_factor: 1", ", min_singular_value: -1",
                "'min_singular_value', not -1.0"
            ),
            ("ISO_CTS_Merge, scaling_factor: 1, common_space_fraction: 2", "", "'common_space_fraction', not 2.0"),
        ])
    func problems(_ base: String, _ more: String, _ expected: String) throws {
        let problems = try MergingRun.method(Self.method(base, more)).problems(
            with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a", "b"), .clipVision))
        #expect(problems.contains { $0.contains(expected) }, "\(problems)")
    }

    @Test("A method that makes several models is refused")
    func severalModels() throws {
        let pool = MergingFixtures.pool("clip", "base", "a", "b")
        #expect {
            try MergingRun.fuse(Self.method("emr_merging.EMRMerging"), pool, family: .clipVision)
        } throws: {
            "\($0)".contains("merges into one model, not 2")
        }
        #expect(throws: ConfigurationError.self) { try MergingRun.method(Self.method("DummyAlgorithm")) }
    }
}
