import Configuration

extension TargetRegistry {
    /// The names that configurations written for FusionBench 0.1 use in place of `_target_`.
    ///
    /// They lead to the same dotted names as in Python, so that a class is registered under one name only.
    mutating func registerLegacyNames() {
        let tables: [(LegacyKind, prefix: String, names: [String: String])] = [
            (.method, "fusion_bench.method.", Self.methods), (.modelPool, "fusion_bench.", Self.modelPools),
            (.taskPool, "fusion_bench.", Self.taskPools),
        ]
        for (kind, prefix, names) in tables {
            for (name, target) in names { registerLegacyName(name, kind, target: prefix + target) }
        }
    }

    private static let methods = [
        "clip_concrete_layer_wise_adamerging":
            "concrete_subspace.clip_concrete_adamerging.ConcreteLayerWiseAdaMergingForCLIP",
        "clip_concrete_task_arithmetic":
            "concrete_subspace.clip_concrete_task_arithmetic.ConcreteTaskArithmeticAlgorithmForCLIP",
        "clip_concrete_task_wise_adamerging":
            "concrete_subspace.clip_concrete_adamerging.ConcreteTaskWiseAdaMergingForCLIP",
        "clip_finetune": "classification.clip_finetune.ImageClassificationFineTuningForCLIP",
        "clip_layer_wise_adamerging": "adamerging.clip_layer_wise_adamerging.CLIPLayerWiseAdaMergingAlgorithm",
        "clip_layer_wise_adamerging_doge_ta": "doge_ta.clip_layer_wise_adamerging.CLIPLayerWiseAdaMergingAlgorithm",
        "clip_layer_wise_adamerging_surgery":
            "surgery.clip_layer_wise_adamerging_surgery.CLIPLayerWiseAdaMergingSurgeryAlgorithm",
        "clip_layer_wise_gossip": "gossip.clip_layer_wise_gossip.CLIPLayerWiseGossipAlgorithm",
        "clip_post_defense_AWM": "concrete_subspace.clip_post_defense.PostDefenseAWMAlgorithmForCLIP",
        "clip_post_defense_SAU": "concrete_subspace.clip_post_defense.PostDefenseSAUAlgorithmForCLIP",
        "clip_safe_concrete_layer_wise_adamerging":
            "concrete_subspace.clip_safe_concrete_adamerging.ConcreteSafeLayerWiseAdaMergingForCLIP",
        "clip_safe_concrete_task_wise_adamerging":
            "concrete_subspace.clip_safe_concrete_adamerging.ConcreteSafeTaskWiseAdaMergingForCLIP",
        "clip_task_wise_adamerging": "adamerging.clip_task_wise_adamerging.CLIPTaskWiseAdaMergingAlgorithm",
        "clip_task_wise_gossip": "gossip.clip_task_wise_gossip.CLIPTaskWiseGossipAlgorithm",
        "clip_weight_ensembling_moe": "we_moe.clip_we_moe.CLIPWeightEnsemblingMoEAlgorithm",
        "rankone_moe": "rankone_moe.clip_rankone_moe.CLIPRankOneMoEAlgorithm",
        "singular_projection_merging":
            "smile_upscaling.singular_projection_merging.SingularProjectionMergingAlgorithm",
        "smile_mistral_upscaling": "smile_upscaling.smile_mistral_upscaling.SmileMistralUpscalingAlgorithm",
        "superposed_task_arithmetic": "randes.SuperposedTaskArithmeticAlgorithm",
        "sparse_clip_weight_ensembling_moe": "SparseCLIPWeightEnsemblingMoEAlgorithm",
    ]

    private static let modelPools = [
        "AutoModelForCausalLMPool": "compat.modelpool.huggingface_llm.AutoModelForCausalLMPool",
        "AutoModelForSeq2SeqLMPool": "compat.modelpool.AutoModelForSeq2SeqLM.AutoModelForSeq2SeqLMPool",
        "AutoModelPool": "compat.modelpool.huggingface_automodel.AutoModelPool",
        "HF_GPT2ForSequenceClassification":
            "modelpool.huggingface_gpt2_classification.GPT2ForSequenceClassificationPool",
        "LLamaForCausalLMPool": "compat.modelpool.huggingface_llm.LLamaForCausalLMPool",
        "MistralForCausalLMPool": "compat.modelpool.huggingface_llm.MistralForCausalLMPool",
        "NYUv2ModelPool": "modelpool.nyuv2_modelpool.NYUv2ModelPool",
        "PeftModelForSeq2SeqLMPool": "modelpool.PeftModelForSeq2SeqLM.PeftModelForSeq2SeqLMPool",
        "huggingface_clip_vision": "compat.modelpool.huggingface_clip_vision.HuggingFaceClipVisionPool",
    ]

    private static let taskPools = [
        "FlanT5GLUETextGenerationTaskPool":
            "compat.taskpool.flan_t5_glue_text_generation.FlanT5GLUETextGenerationTaskPool",
        "NYUv2TaskPool": "taskpool.nyuv2_taskpool.NYUv2TaskPool",
        "clip_vit_classification": "compat.taskpool.clip_image_classification.CLIPImageClassificationTaskPool",
        "dummy": "taskpool.dummy.DummyTaskPool",
    ]
}
