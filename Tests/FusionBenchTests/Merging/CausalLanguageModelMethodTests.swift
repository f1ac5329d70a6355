import Testing

@testable import FusionBench

@Suite("Methods for causal language models")
struct CausalLanguageModelMethodTests {
    @Test(
        "The same tensors as the reference",
        arguments: MergingFixtures.cases(
            "simple_average_for_causallm", "task_arithmetic_for_causallm", "ties_merging_for_causallm", "slerp_lm",
            "weighted_average_for_llama"))
    func parity(_ item: MergingCase) throws { try MergingParity.check(item) }

    @Test(
        "The same bytes on any number of ranks and threads",
        arguments: [
            "{_target_: fusion_bench.method.SimpleAverageForCausalLM, merge_backbone: true}",
            "{_target_: fusion_bench.method.TiesMergingForCausalLM, scaling_factor: 0.3, threshold: 20, merge_backbone: true}",
        ])
    func sameBytes(_ method: String) throws {
        try MergingParity.checkSameBytes(
            method, MergingFixtures.pool("llama", "base", "a", "b"), family: .causalLanguageModel)
    }

    @Test("The place where a method saves its result")
    func savePath() throws {
        let method = try MergingRun.method(
            "{_target_: fusion_bench.method.SlerpForCausalLM, t: 0.5, model_save_path: out/checkpoint}")
        #expect(method.modelSavePath == "out/checkpoint")
        let other = try MergingRun.method("_target_: fusion_bench.method.SimpleAverageAlgorithm")
        #expect(other.modelSavePath == nil)
    }

    @Test(
        "What cannot be done is told before anything is read",
        arguments: [
            (
                "{_target_: fusion_bench.method.SimpleAverageForCausalLM, merge_backbone: true}",
                "no model '_pretrained_', which merge_backbone takes the rest from"
            ),
            (
                "{_target_: fusion_bench.method.WeightedAverageForLLama, normalize: true, weights: [1, 1], "
                    + "backbone_only: true, merged_model_save_path: null, save_tokenizer: true, push_to_hub: true}",
                "push_to_hub must be false"
            ),
        ])
    func problems(_ method: String, _ problem: String) throws {
        let problems = try MergingRun.method(method).problems(
            with: MergingRun.pool(MergingFixtures.pool("llama", "a", "b")))
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }

    @Test("A model without such layers is refused")
    func otherModels() throws {
        let problems = try MergingRun.method(
            "{_target_: fusion_bench.method.TaskArithmeticForCausalLM, scaling_factor: 0.3, merge_backbone: true}"
        ).problems(with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        #expect(problems == ["Task arithmetic finds no parameters below 'model.layers.'"])
    }
}
