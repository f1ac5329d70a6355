import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Memory for whole tensors")
struct WholeTensorMemoryTests {
    private static func counts(_ method: String, models: [String] = ["_pretrained_", "a", "b", "c"]) throws -> [Int] {
        let pool = try SyntheticPool(models)
        return try MergingRun.method(method).wholeTensorByteCounts(with: MergingRun.pool(pool.models))
    }

    @Test("Methods that cut tensors need none as a whole")
    func cut() throws {
        #expect(try Self.counts("{_target_: fusion_bench.method.TaskArithmeticAlgorithm, scaling_factor: 1}") == [])
        let ties = "{_target_: fusion_bench.method.TiesMergingAlgorithm, scaling_factor: 1, threshold: 20}"
        #expect(try Self.counts(ties) == [])
        let signs =
            "{_target_: fusion_bench.method.randes.SuperposedTaskArithmeticAlgorithm, "
            + "mode: random_binary_diagonal_matrix, target_layer: [all], scaling_factor: 1}"
        #expect(try Self.counts(signs) == [])
    }

    /// Methods that need matrices as a whole.
    static let spectral = MethodConformance.all.filter { item in
        [
            "ISO_C", "TaskSingular", "WUDI", "DOGE", "singular", "opcm.opcm.", "dop.", "knots", "projected_energy",
            "SWUDI", "ACE", "CART", "DCMerging",
            "NUFILT",
        ]
        .contains {
            item.target.contains($0)
        } || item.arguments.contains("rotation")
    }

    @Test("The values alone are less than what is said", arguments: spectral)
    func values(_ item: MethodConformance) throws {
        let counts = try Self.counts(item.method, models: item.models)
        let largest = try #require(counts.max())
        // The largest matrix that all of them look at: [12, 300] of three tensors at least, and one of binary64.
        let isEncoder = item.target.contains("DOGE")
        let elements = isEncoder ? 10 * 8 : 12 * 300
        #expect(largest > elements * (2 * 4 + 8), "\(largest)")
        #expect(largest < 400 * elements * item.models.count, "\(largest)")
    }

    @Test("The cases are there")
    func cases() { #expect(Self.spectral.count > 14) }

    @Test("Iso-C by hand")
    func byHand() throws {
        let counts = try Self.counts("{_target_: fusion_bench.method.ISO_C_Merge, scaling_factor: 1}")
        // Of [12, 300]: four inputs and three more of binary32; the sum, and the larger of five matrices [12, 12] and two
        // [12, 300], of binary64.
        let (values, sum, rest) = (7 * 3600 * 4, 3600 * 8, 2 * 3600 * 8)
        #expect(counts.contains(values + sum + rest))
    }
}
