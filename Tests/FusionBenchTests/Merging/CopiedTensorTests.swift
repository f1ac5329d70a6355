import Checkpoints
import OrderedCollections
import Tensors
import Testing

@testable import FusionBench

/// Tensors that no method computes: they are checked, and converted, as they are copied.
@Suite("Tensors that are passed on")
struct CopiedTensorTests {
    private static let method = "{_target_: fusion_bench.method.DummyAlgorithm}"
    private static let names = SyntheticPool.tensors.filter {
        $0.dtype.isFloatingPoint && $0.shape.elementCount > 0
    }.map(\.name)

    @Test("A value that is no number is named with tensor, model and place", arguments: names)
    func nonFinite(_ name: String) throws {
        let pool = try SyntheticPool(["a"], .nonFinite(tensor: name))
        let error = try #require(throws: (any Error).self) { try MergingRun.fuse(Self.method, pool.models) }
        let text = "\(error)"
        #expect(text.contains("'\(name)' of the model 'a' holds nan at [") && text.contains("allow_non_finite=true"))
    }

    @Test("It is passed on where that is wanted")
    func allowed() throws {
        let pool = try SyntheticPool(["a"], .nonFinite(tensor: SyntheticPool.layerWeight))
        let merged = try withFabric(allowsNonFinite: true) { context in
            let models = MergingRun.pool(pool.models)
            let fused = FusedModel(copying: try models.loadPretrainedOrFirst())
            return try MergingRun.tensors(of: fused, models, context)
        }
        #expect(try #require(merged[SyntheticPool.layerWeight]).values.contains { $0.isNaN })
    }

    @Test("They are written in another type if that is asked for", arguments: [DType.bfloat16, .float32, .float64])
    func converted(_ dtype: DType) throws {
        let pool = try SyntheticPool(["a"])
        let merged = try withFabric(allowsNonFinite: false) { context in
            let models = MergingRun.pool(pool.models)
            var fused = FusedModel(copying: try models.loadPretrainedOrFirst())
            fused.store(as: dtype)
            return try MergingRun.tensors(of: fused, models, context)
        }
        for (name, tensor) in try MergingRun.pool(pool.models).load("a").tensors {
            let result = try #require(merged[name])
            let original = try MergedTensor(tensor)
            guard tensor.dtype.isFloatingPoint else {
                #expect(result == original)
                continue
            }
            #expect(result.dtype == dtype && result.shape == tensor.shape)
            for (value, expected) in zip(result.values, original.values) {
                #expect(abs(value - expected) <= abs(expected) * (dtype == .bfloat16 ? 1 / 256 : 0))
            }
        }
    }

    @Test("What is too large for the other type is named")
    func overflow() throws {
        let pool = try SyntheticPool(["a"], .large)
        let error = try #require(throws: (any Error).self) {
            try withFabric(allowsNonFinite: false) { context in
                let models = MergingRun.pool(pool.models)
                var fused = FusedModel(copying: try models.loadPretrainedOrFirst())
                fused.store(as: .float16)
                return try MergingRun.tensors(of: fused, models, context)
            }
        }
        #expect("\(error)".contains("is too large for F16 at ["))
    }

    private func withFabric<Result: Sendable>(
        allowsNonFinite: Bool, _ body: @escaping @Sendable (FusionContext) throws -> Result
    ) throws -> Result {
        try MergingRun.alone { context in
            try body(FusionContext(fabric: context.fabric, seed: 0, allowsNonFinite: allowsNonFinite))
        }
    }
}
