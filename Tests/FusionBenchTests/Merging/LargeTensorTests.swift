import Checkpoints
import OrderedCollections
import Tensors
import Testing

@testable import FusionBench

@Suite("Tensors of several units")
struct LargeTensorTests {
    static let tensors = [TensorDescription(name: "layers.0.weight", dtype: .float32, shape: [1040, 1024])]

    @Test(
        "The same bytes on any number of ranks and threads",
        arguments: [
            "{_target_: fusion_bench.method.BreadcrumbsAlgorithm, density: 0.5, gamma: 0.1, rescale: true}",
            "{_target_: fusion_bench.method.DareTaskArithmetic, scaling_factor: 1, sparsity_ratio: 0.5, "
                + "only_on_linear_weights: true}",
            "{_target_: fusion_bench.method.KarcherAlgorithm}",
            "{_target_: fusion_bench.method.NuSlerpAlgorithm, nuslerp_flatten: false, nuslerp_row_wise: true}",
        ])
    func sameBytes(_ method: String) throws {
        let pool = try SyntheticPool(["_pretrained_", "a", "b"], tensors: Self.tensors)
        let first = try MergingRun.fuse(method, pool.models)
        #expect(try MergingRun.fuse(method, pool.models, ranks: 3, threads: 2) == first)
    }

    @Test("Breadcrumbs keeps exactly as many entries as it says")
    func keptCount() throws {
        // Too large to be sorted, and several stretches.
        let tensors = [TensorDescription(name: "layers.0.weight", dtype: .float32, shape: [600, 256])]
        let pool = try SyntheticPool(["_pretrained_", "a"], tensors: tensors)
        let method = "{_target_: fusion_bench.method.BreadcrumbsAlgorithm, density: 0.3, gamma: 0.1}"
        let merged = try #require(try MergingRun.fuse(method, pool.models)["merged"]?["layers.0.weight"])
        let (base, tuned) = try (values(pool, 0), values(pool, 1))
        let differences = zip(tuned, base).map { $0 - $1 }
        let keys = differences.indices.map { UInt64(differences[$0].magnitude.bitPattern) << 32 | UInt64($0) }
        let order = keys.sorted().map { Int($0 & 0xFFFF_FFFF) }
        let count = base.count
        let (top, kept) = (count / 10, Int(0.3 * Double(count)))
        var expected = base
        for index in order[(count - kept - top)..<(count - top)] { expected[index] += differences[index] }
        #expect(merged.values == expected)
    }

    private func values(_ pool: SyntheticPool, _ model: Int) throws -> [Float] {
        let tensors = try SafetensorsFile(pool.models[model].path).stateDict.tensors
        return try MergedTensor(try #require(tensors["layers.0.weight"])).values
    }
}
