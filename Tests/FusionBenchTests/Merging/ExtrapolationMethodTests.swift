import Tensors
import Testing

@testable import FusionBench

@Suite("Points on and beyond the line between models")
struct ExtrapolationMethodTests {
    @Test("The same tensors as the reference", arguments: MergingFixtures.cases("linear_interpolation", "expo"))
    func parity(_ item: MergingCase) throws { try MergingParity.check(item) }

    @Test(
        "The same tensors of Llama models as the reference",
        arguments: MergingFixtures.cases("llama_expo", "llama_expo_with_dare"))
    func llamaParity(_ item: MergingCase) throws { try MergingParity.check(item) }

    private static let llamaMethods = [
        "{_target_: fusion_bench.method.ExPOAlgorithm, extrapolation_factor: [0.1, 0.4]}",
        "{_target_: fusion_bench.method.ExPOAlgorithmForLlama, extrapolation_factor: 0.3, magnitude_sparsity_ratio: 0.4}",
        "{_target_: fusion_bench.method.linear.llama_expo.ExPOWithDareForLLama, extrapolation_factor: 0.3, "
            + "dare_sparsity_ratio: 0.5, dare_only_on_linear_weights: false}",
    ]

    @Test("The same bytes on any number of ranks and threads", arguments: llamaMethods)
    func sameBytes(_ method: String) throws {
        try MergingParity.checkSameBytes(
            method, MergingFixtures.pool("llama", "base", "a", "b"), family: .causalLanguageModel)
    }

    @Test("A head that is tied to the embedding is extrapolated with it")
    func tiedHead() {
        let names = [
            "model.embed_tokens.weight", "model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.up_proj.bias",
        ]
        let parameters = zip(names, [[8, 4], [4, 4], [4]]).map { ($0, Shape($1)) }
        #expect(ExPOSelection().shares(of: parameters) == [0, 1, 0])
        #expect(ExPOSelection(isBackboneOnly: false, includesBiases: true).shares(of: parameters) == [1, 1, 1])
        #expect(ExPOSelection(includesWeights: false).shares(of: parameters) == [0, 0, 0])
        #expect(ExPOSelection(fixedFirstLayers: .number(9)).shares(of: parameters) == [0, 0, 0])
    }

    @Test("A share of a row that is none is refused")
    func sparsityRange() throws {
        let problems = try MergingRun.method(
            "{_target_: fusion_bench.method.ExPOAlgorithmForLlama, extrapolation_factor: 0.1, magnitude_sparsity_ratio: 1.5}"
        ).problems(with: MergingRun.pool(MergingFixtures.pool("llama", "base", "a")))
        #expect(problems.count == 1 && problems[0].contains("magnitude_sparsity_ratio"), "\(problems)")
    }
}
