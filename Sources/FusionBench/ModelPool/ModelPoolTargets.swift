import Configuration

/// The model pools of the reference, at the level that merging needs: what only networks and data sets need is left alone.
extension TargetRegistry {
    mutating func registerModelPools() {
        registerPool(
            .clipVision, "fusion_bench.modelpool.CLIPVisionModelPool",
            "fusion_bench.modelpool.clip_vision.modelpool.CLIPVisionModelPool",
            "fusion_bench.modelpool.clip_vision.CLIPVisionModelPool",
            "fusion_bench.compat.modelpool.huggingface_clip_vision.HuggingFaceClipVisionPool")
        registerPool(
            .causalLanguageModel, "fusion_bench.modelpool.CausalLMPool",
            "fusion_bench.modelpool.causal_lm.CausalLMPool", "fusion_bench.modelpool.causal_lm.causal_lm.CausalLMPool",
            "fusion_bench.modelpool.CausalLMBackbonePool",
            "fusion_bench.compat.modelpool.huggingface_llm.AutoModelForCausalLMPool",
            "fusion_bench.compat.modelpool.huggingface_llm.LLamaForCausalLMPool",
            "fusion_bench.compat.modelpool.huggingface_llm.MistralForCausalLMPool")
        registerPool(
            .sequenceClassification, "fusion_bench.modelpool.SequenceClassificationModelPool",
            "fusion_bench.modelpool.GPT2ForSequenceClassificationPool",
            "fusion_bench.modelpool.huggingface_gpt2_classification.GPT2ForSequenceClassificationPool")
        registerPool(
            .sequenceToSequence, "fusion_bench.modelpool.Seq2SeqLMPool",
            "fusion_bench.modelpool.seq2seq_lm.modelpool.Seq2SeqLMPool",
            "fusion_bench.modelpool.SequenceToSequenceModelPool",
            "fusion_bench.compat.modelpool.AutoModelForSeq2SeqLM.AutoModelForSeq2SeqLMPool")
        registerPool(
            .generic, "fusion_bench.modelpool.BaseModelPool", "fusion_bench.modelpool.base_pool.BaseModelPool",
            "fusion_bench.modelpool.AutoModelPool", "fusion_bench.BaseModelPool",
            "fusion_bench.compat.modelpool.huggingface_automodel.AutoModelPool")
    }

    private mutating func registerPool(_ family: ModelFamily, _ names: String...) {
        for name in names {
            register(
                name, parameters: Parameter<ModelReferences>("models"),
                Parameter<ConfigurationValue?>("train_datasets", default: nil),
                Parameter<ConfigurationValue?>("val_datasets", default: nil),
                Parameter<ConfigurationValue?>("test_datasets", default: nil),
                Parameter<ConfigurationValue?>("processor", default: nil), additional: .areIgnored
            ) { models, train, validation, test, processor in
                let parts: [PoolData.Part: ConfigurationValue?] = [
                    .train: train, .validation: validation, .test: test,
                ]
                let reference = processor.flatMap { ModelReference.decode(.value($0)) }
                return ModelPool(
                    family, references: models.models,
                    data: PoolData(parts.compactMapValues(\.self), processor: reference))
            }
        }
    }
}
