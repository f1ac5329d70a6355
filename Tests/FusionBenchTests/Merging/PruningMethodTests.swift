import Checkpoints
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Pruning")
struct PruningMethodTests {
    @Test("Task vectors as the reference prunes them", arguments: MergingFixtures.cases("magnitude_diff_pruning"))
    func differences(_ item: MergingCase) throws { try MergingParity.check(item) }

    @Test("Weights as the reference prunes them", arguments: MergingFixtures.cases("llama_magnitude_pruning"))
    func weights(_ item: MergingCase) throws {
        let results = try MergingRun.fuse(item.method, item.models, family: .causalLanguageModel)
        try MergingParity.compare(results["merged"], item.expectedTensors(), item.id, tolerance: 0)
    }

    @Test(
        "The same bytes on any number of ranks and threads",
        arguments: [
            ("MagnitudeDiffPruningAlgorithm, prune_ratio: [0.2, 0.8], rescale: true", ["base", "a"]),
            ("MagnitudePruningForLlama, prune_type: unstructured, sparsity_ratio: 0.3, n: 2, m: 4, dtype: bf16", ["a"]),
            ("RandomPruningForLlama, prune_type: unstructured, sparsity_ratio: 0.5, n: 2, m: 4", ["base"]),
            ("RandomPruningForLlama, prune_type: semistructured, sparsity_ratio: 0.5, n: 1, m: 4", ["base", "a"]),
        ])
    func sameBytes(_ method: String, _ models: [String]) throws {
        let pool = models.flatMap { MergingFixtures.pool("llama", $0) }
        try MergingParity.checkSameBytes("{_target_: fusion_bench.method.\(method)}", pool)
    }

    /// The reference's distributions: how often elements are pruned over 64 runs.
    @Test(
        "At random, each group has its number of zeros, anywhere",
        arguments: [
            ("unstructured", 0.5, 2, 4, [12: 6, 20: 10], 0.5, 0.003786),
            ("unstructured", 0.3, 2, 4, [12: 3, 20: 6], 0.26041667, 0.003417),
            ("semistructured", 0.5, 2, 4, [4: 2], 0.5, 0.003949),
            ("semistructured", 0.5, 1, 4, [4: 1], 0.25, 0.002898),
        ])
    func distribution(
        _ kind: String, _ ratio: Double, _ pruned: Int, _ size: Int, _ zeros: [Int: Int], _ mean: Double,
        _ variance: Double
    ) throws {
        let method =
            "{_target_: fusion_bench.method.RandomPruningForLlama, prune_type: \(kind), sparsity_ratio: \(ratio), "
            + "n: \(pruned), m: \(size)}"
        let models = MergingFixtures.pool("llama", "base")
        let base = try SafetensorsFile(models[0].path + "/model.safetensors").stateDict.tensors
        let runs = 64
        var counts: [String: [Int]] = [:]
        for seed in 0..<runs {
            let merged = try #require(try MergingRun.fuse(method, models, seed: UInt64(seed))["merged"])
            for (name, tensor) in merged {
                guard name.hasPrefix("model.layers."), tensor.shape.rank == 2 else {
                    #expect(tensor == (try MergedTensor(try #require(base[name]))), "\(name)")
                    continue
                }
                let values = tensor.values
                let group = kind == "unstructured" ? tensor.shape.dimensions[1] : size
                for start in stride(from: 0, to: values.count, by: group) {
                    #expect(values[start..<start + group].count { $0 == 0 } == zeros[group])
                }
                for (index, value) in values.enumerated() where value == 0 {
                    counts[name, default: Array(repeating: 0, count: values.count)][index] += 1
                }
            }
        }
        let frequencies = counts.values.flatMap { $0 }.map { Double($0) / Double(runs) }
        let average = frequencies.reduce(0, +) / Double(frequencies.count)
        let spread = frequencies.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(frequencies.count - 1)
        #expect(frequencies.count == 2304)
        #expect(abs(average - mean) < 1e-6)
        // 2304 elements tell a variance to about 3 %.
        #expect(abs(spread / variance - 1) < 0.2, "\(spread)")
    }

    @Test("Random pruning depends on the seed alone")
    func seeds() throws {
        let method =
            "{_target_: fusion_bench.method.RandomPruningForLlama, prune_type: unstructured, sparsity_ratio: 0.5, n: 2, m: 4}"
        let models = MergingFixtures.pool("llama", "base")
        let first = try MergingRun.fuse(method, models, seed: 7)
        #expect(try MergingRun.fuse(method, models, seed: 7) == first)
        #expect(try MergingRun.fuse(method, models, seed: 8) != first)
    }

    @Test("The selection in rows is that of a stable sort, for rows with few and many equal entries")
    func selection() throws {
        for case (let columns, let levels, let count) in [
            (1, 3, 1), (2, 1, 1), (7, 2, 3), (64, 5, 20), (301, 4, 150), (1000, 100000, 999), (257, 1, 100),
        ] {
            let row = RandomStream(seed: 1, purpose: "row", name: "\(columns)")
            let values = (0..<columns).map { index -> Float in
                let level = Float(Int(row.uniformDouble(at: index) * Double(levels)) + 1)
                return index % 2 == 0 ? level : -level
            }
            let order = values.indices.sorted { (abs(values[$0]), $0) < (abs(values[$1]), $1) }
            var expected = values
            for index in order.prefix(count) { expected[index] = 0 }
            #expect(pruned(values, .groups(pruned: count, size: columns)) == expected, "\(columns), \(levels)")
        }
    }

    @Test("The last group of a row may be shorter, even shorter than what becomes zero of a group")
    func shortGroup() {
        #expect(
            pruned([5, 1, 4, 2, 3, 9, 8], .groups(pruned: 3, size: 5)) == [5, 0, 4, 0, 0, 0, 0])
        #expect(pruned([5, 1, 4], .groups(pruned: 0, size: 2)) == [5, 1, 4])
        #expect(pruned([5, 1, 4], .share(1)) == [0, 0, 0])
        #expect(pruned([-5, -1, 4], .share(0.34)) == [-5, 0, 4])
        #expect(pruned([], .share(0.5)) == [])
    }

    /// One row, pruned.
    private func pruned(_ values: [Float], _ pruning: RowPruning) -> [Float] {
        var values = values
        values.withUnsafeMutableBufferPointer { buffer in
            let stretch = Stretch(
                parameter: 0, name: "", shape: [1, buffer.count], range: 0..<buffer.count, pretrained: nil, models: [],
                scratch: ScratchMemory())
            pruning.pruneSmallest(buffer, of: stretch)
        }
        return values
    }

    @Test(
        "What cannot be pruned is told before anything is read",
        arguments: [
            (
                "MagnitudeDiffPruningAlgorithm, prune_ratio: 0.5, extract_names: [pre_layrnorm]",
                "'pre_layrnorm.bias', which extract_names matches, is of shape [12]"
            ),
            ("MagnitudeDiffPruningAlgorithm, prune_ratio: 1.5", "prune_ratio"),
            ("MagnitudeDiffPruningAlgorithm, prune_ratio: 0, rescale: true", "must not be 0"),
            (
                "MagnitudePruningForLlama, prune_type: semistructured, sparsity_ratio: 0.5, n: 5, m: 4",
                "n is 5, m 4"
            ),
            (
                "RandomPruningForLlama, prune_type: semistructured, sparsity_ratio: 0.5, n: 0, m: 0",
                "an m of at least 1"
            ),
            (
                "RandomPruningForLlama, prune_type: unstructured, sparsity_ratio: -1, n: 2, m: 4",
                "sparsity_ratio"
            ),
            (
                "RandomPruningForLlama, prune_type: unstructured, sparsity_ratio: 0.5, n: 2, m: 4",
                "finds no weights of linear layers below 'model.layers.'"
            ),
        ])
    func problems(_ method: String, _ problem: String) throws {
        let problems = try MergingRun.method("{_target_: fusion_bench.method.\(method)}").problems(
            with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }

    @Test(
        "Arguments of a wrong kind are refused",
        arguments: [
            "MagnitudeDiffPruningAlgorithm, prune_ratio: 0.5, extract_names: ['(']",
            "MagnitudeDiffPruningAlgorithm, prune_ratio: 0.5, prune_type: middle",
            "MagnitudeDiffPruningAlgorithm, prune_ratio: 0.5, rescale: often",
            "MagnitudePruningForLlama, prune_type: structured, sparsity_ratio: 0.5, n: 2, m: 4",
            "MagnitudePruningForLlama, prune_type: unstructured, sparsity_ratio: 0.5, n: 2, m: 4, dtype: int8",
        ])
    func arguments(_ method: String) {
        #expect(throws: (any Error).self) { try MergingRun.method("{_target_: fusion_bench.method.\(method)}") }
    }
}
