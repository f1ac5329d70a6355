import Testing

@testable import FusionBench

/// A configuration of a method that must behave as all methods do: one line for each in `all`.
struct MethodConformance: Sendable, CustomTestStringConvertible {
    /// The target, below `fusion_bench.method.`.
    let target: String
    /// Its arguments in YAML.
    let arguments: String
    /// The models of the pool; the first is called the base below.
    var models = ["_pretrained_", "a", "b", "c"]
    /// Arguments with which nothing but the base is left; nil if there are none.
    var zeroArguments: String?
    /// Whether the result depends on the seed.
    var isRandom = false
    /// Whether tensors are computed, and not only copied.
    var computes = true
    /// Whether models that are all equal give themselves.
    var keepsEqualModels = true
    /// How many models are made.
    var resultCount = 1

    static let all = [
        MethodConformance(
            target: "ACEMerging", arguments: "eps: 1e-3, k_frac: 0.5, exclude_keys: [model.embed_tokens.weight]",
            zeroArguments: "scaling_coefficient: 0"),
        MethodConformance(
            target: "AdaptiveSWUDIMerging", arguments: "auto_rank_method: entropy, rank_scale: 0.7",
            zeroArguments: "scaling_coefficient: 0"),
        MethodConformance(
            target: "bitdelta.BitDeltaAlgorithm",
            arguments: "save_dir: null", models: ["_pretrained_", "a"]),
        MethodConformance(
            target: "BreadcrumbsAlgorithm",
            arguments: "lambda: 0.7, weight: {a: 0.5, b: 1.5}, density: {a: 0.4, b: 0.9, c: 0.6}, gamma: 0.1",
            zeroArguments: "lambda: 0, density: 0.5"),
        MethodConformance(
            target: "BreadcrumbsTiesAlgorithm",
            arguments: "rescale: true, normalize: true, density: [0.3, 0.6], gamma: {a: 0.2}",
            zeroArguments: "density: 0"),
        MethodConformance(target: "CARTMerging", arguments: "scaling_factor: [0.5, 1.5], rank_ratio: 0.3"),
        MethodConformance(
            target: "DareSimpleAverage", arguments: "sparsity_ratio: 0.5, only_on_linear_weights: false",
            zeroArguments: "sparsity_ratio: 1, only_on_linear_weights: false, rescale: false", isRandom: true),
        MethodConformance(
            target: "DareTaskArithmetic",
            arguments: "scaling_factor: 0.3, sparsity_ratio: [0.2, 0.8], only_on_linear_weights: true",
            zeroArguments: "scaling_factor: 0, sparsity_ratio: 0.5, only_on_linear_weights: false", isRandom: true),
        MethodConformance(
            target: "dare.DareTiesMerging",
            arguments: "scaling_factor: 0.3, threshold: 40, sparsity_ratio: 0.5, only_on_linear_weights: false",
            zeroArguments: "scaling_factor: 0, threshold: 40, sparsity_ratio: 0.5, only_on_linear_weights: false",
            isRandom: true),
        MethodConformance(
            target: "DCMerging", arguments: "smoothing_strategy: linear, rho: 2, rank_per_task: 3, density: 0.2",
            zeroArguments: "scaling_factor: 0"),
        MethodConformance(
            target: "DellaAlgorithm", arguments: "density: 0.5, epsilon: 0.2, weight: {c: -0.5}",
            zeroArguments: "density: 0.5, lambda: 0", isRandom: true),
        MethodConformance(
            target: "DellaLinearAlgorithm", arguments: "density: {a: 0.5, b: 0.7}, epsilon: 0.1, rescale: false",
            zeroArguments: "density: 0", isRandom: true),
        MethodConformance(
            target: "DepthUpscalingAlgorithm",
            arguments: "layer_indices: ['range(0,1)', 1]", models: ["_pretrained_"], computes: false),
        MethodConformance(
            target: "DepthUpscalingForLlama",
            arguments: "layer_indices: [0, 1], model_save_path: null", models: ["_pretrained_", "a"], computes: false),
        // Looks at the encoder only; its own tests are in DescentMethodTests.
        MethodConformance(
            target: "DOGE_TA_Algorithm", arguments: "subspace: 4, K: 50, lamda: 0.1",
            zeroArguments: "subspace: 6, K: 30, lamda: 0", computes: false),
        MethodConformance(
            target: "dop.dop.ContinualDOPForCLIP", arguments: "alpha: 0.8, num_steps: 5"),
        MethodConformance(
            target: "dop.dop_general.DOPMerging", arguments: "alpha: 0.3, num_steps: 3, mgda: false, svd_proj_space: v"),
        MethodConformance(target: "DummyAlgorithm", arguments: "", computes: false),
        MethodConformance(
            target: "emr_merging.EMRMerging",
            arguments: "", resultCount: 3),
        MethodConformance(
            target: "ExPOAlgorithm",
            arguments: "extrapolation_factor: 0.3"),
        MethodConformance(
            target: "ExPOAlgorithmForLlama",
            arguments: "extrapolation_factor: 0.3, magnitude_sparsity_ratio: 0.4, on_embedding: true"),
        MethodConformance(
            target: "linear.llama_expo.ExPOWithDareForLLama",
            arguments: "extrapolation_factor: 0.3, dare_sparsity_ratio: 0.5, dare_only_on_linear_weights: false",
            zeroArguments:
                "extrapolation_factor: 0.3, dare_sparsity_ratio: 1, dare_only_on_linear_weights: false, dare_rescale: false",
            isRandom: true),
        MethodConformance(target: "IndividualModels", arguments: "", models: ["_pretrained_"], computes: false),
        MethodConformance(
            target: "ISO_C_Merge", arguments: "scaling_factor: [0.5, 1.0]", zeroArguments: "scaling_factor: 0"),
        MethodConformance(
            target: "ISO_CTS_Merge", arguments: "scaling_factor: 0.7, common_space_fraction: 0.5",
            zeroArguments: "scaling_factor: 0, common_space_fraction: 0.8"),
        MethodConformance(target: "KarcherAlgorithm", arguments: "max_iter: 10"),
        MethodConformance(
            target: "knots.KnOTSMerging",
            arguments:
                "base_method: {_target_: fusion_bench.method.TiesMergingAlgorithm, scaling_factor: 0.6, threshold: 20}",
            zeroArguments:
                "base_method: {_target_: fusion_bench.method.TiesMergingAlgorithm, scaling_factor: 0, threshold: 20}"),
        MethodConformance(
            target: "knots.KnOTSMerging",
            arguments:
                "min_singular_value: 0.1, merge_other_params: false, base_method: {_target_: fusion_bench.method.DareTiesMerging, sparsity_ratio: 0.5, only_on_linear_weights: false, scaling_factor: 0.6, threshold: 100}",
            isRandom: true),
        MethodConformance(
            target: "LinearInterpolationAlgorithm",
            arguments: "t: [0.2, 0.7]", models: ["_pretrained_", "a"], zeroArguments: "t: 0"),
        MethodConformance(
            target: "MagMaxAlgorithm", arguments: "scaling_factor: 0.5", zeroArguments: "scaling_factor: 0"),
        MethodConformance(
            target: "MagnitudeDiffPruningAlgorithm",
            arguments: "prune_ratio: 0.4, rescale: true, prune_type: major", models: ["_pretrained_", "a"],
            zeroArguments: "prune_ratio: 0.5, rescale: false"),
        MethodConformance(
            target: "MagnitudePruningForLlama",
            arguments: "prune_type: unstructured, sparsity_ratio: 0.3, n: 2, m: 4", models: ["a"],
            zeroArguments: "prune_type: unstructured, sparsity_ratio: 0, n: 2, m: 4", keepsEqualModels: false),
        MethodConformance(
            target: "MagnitudePruningForLlama",
            arguments: "prune_type: semistructured, sparsity_ratio: 0.3, n: 3, m: 8", models: ["_pretrained_"],
            zeroArguments: "prune_type: semistructured, sparsity_ratio: 0.5, n: 0, m: 4", keepsEqualModels: false),
        MethodConformance(
            target: "ModelRecombinationAlgorithm", arguments: "return_modelpool: null", models: ["a", "b", "c"],
            isRandom: true, resultCount: 3),
        MethodConformance(
            target: "model_stock.ModelStock",
            arguments: "ignore_keys: [logit_scale]"),
        MethodConformance(target: "MultiSlerpAlgorithm", arguments: "weight: {b: 2}"),
        MethodConformance(
            target: "MultiSlerpAlgorithm", arguments: "eps: 1e-7", models: ["a", "b", "c"],
            zeroArguments: "weight: {a: 1, b: 0, c: 0}"),
        MethodConformance(
            target: "NearSwapAlgorithm", arguments: "t: 0.02", models: ["_pretrained_", "a"], zeroArguments: "t: 0"),
        MethodConformance(
            target: "NuSlerpAlgorithm", arguments: "weight: {a: 0.7, b: 0.3}", models: ["_pretrained_", "a", "b"]),
        MethodConformance(
            target: "NuSlerpAlgorithm", arguments: "nuslerp_flatten: false", models: ["a", "b"],
            zeroArguments: "weight: {a: 1, b: 0}, nuslerp_flatten: false"),
        MethodConformance(
            target: "NuSlerpAlgorithm", arguments: "nuslerp_flatten: false, nuslerp_row_wise: true",
            models: ["_pretrained_", "a", "b"]),
        MethodConformance(
            target: "NUFILT",
            arguments: "lora_r: 0, null_r: 4, lora_layer: [attn, mlp], shuffle_order: false"),
        MethodConformance(
            target: "NUFILT",
            arguments: "lora_r: 3, null_r: 4, grad_r: 2, lr: 0.01, lora_layer: [mlp], shuffle_order: false",
            isRandom: true),
        MethodConformance(
            target: "opcm.opcm.OPCMForCLIP", arguments: "alpha: 0.5, shuffle_order: false"),
        MethodConformance(
            target: "opcm.opcm_general.OPCM", arguments: "alpha: 0.2, seed: 4, save_on_every_step: false"),
        MethodConformance(
            target: "opcm.task_arithmetic.ContinualTaskArithmeticForCLIP",
            arguments: "scaling_factor: 0.3, shuffle_order: false", zeroArguments: "scaling_factor: 0"),
        MethodConformance(
            target: "opcm.ties_merging.ContinualTiesMergingForCLIP",
            arguments: "scaling_factor: 0.3, threshold: 20, seed: 1", zeroArguments: "scaling_factor: 0, threshold: 20"),
        MethodConformance(
            target: "opcm.weight_average.ContinualWeightAverageForCLIP", arguments: "shuffle_order: false",
            models: ["a", "b", "c"]),
        MethodConformance(target: "PassthroughAlgorithm", arguments: "", models: ["a"], computes: false),
        MethodConformance(
            target: "PassthroughAlgorithm", arguments: "scale: [{filter: mlp, value: 1.0}, {value: 1.0}]",
            models: ["_pretrained_"], computes: false),
        MethodConformance(
            target: "RandomPruningForLlama",
            arguments: "prune_type: unstructured, sparsity_ratio: [0.2, 0.6], n: 2, m: 4", models: ["a"],
            zeroArguments: "prune_type: unstructured, sparsity_ratio: 0, n: 2, m: 4", isRandom: true,
            keepsEqualModels: false),
        MethodConformance(
            target: "randes.SuperposedTaskArithmeticAlgorithm",
            arguments: "mode: random_binary_diagonal_matrix, target_layer: [mlp_w, attn_w], scaling_factor: 0.5",
            zeroArguments: "mode: random_diagonal_matrix, target_layer: [all], scaling_factor: 0", resultCount: 3),
        MethodConformance(
            target: "randes.SuperposedTaskArithmeticAlgorithm",
            arguments: "mode: random_rotation_matrix, target_layer: [all], scaling_factor: 0.5",
            resultCount: 3),
        MethodConformance(
            target: "randes.SuperposedModelSoupAlgorithm",
            arguments: "mode: random_dense_matrix, target_layer: [mlp, attn], absorber: pretrained",
            keepsEqualModels: false, resultCount: 3),
        MethodConformance(
            target: "smile_upscaling.projected_energy.ProjectedEnergyAnalysis", arguments: "", resultCount: 0),
        MethodConformance(
            target: "smile_upscaling.singular_projection_merging.SingularProjectionMergingAlgorithm",
            arguments: "k: 5, rank: high, full_matrices: true", models: ["_pretrained_", "a"]),
        MethodConformance(
            target: "RAMAlgorithm", arguments: "epsilon: [0.01, 0.03]", zeroArguments: "epsilon: 1e9"),
        MethodConformance(
            target: "RAMPlusAlgorithm", arguments: "r: 0.3, alpha: 2, epsilon: 0.03", zeroArguments: "epsilon: 1e9"),
        MethodConformance(target: "SCEAlgorithm", arguments: "select_topk: 0.3", zeroArguments: "select_topk: 0"),
        MethodConformance(target: "SimpleAverageAlgorithm", arguments: "", models: ["a", "b", "c"]),
        MethodConformance(
            target: "SimpleAverageForCausalLM",
            arguments: "merge_backbone: true"),
        MethodConformance(
            target: "SlerpForCausalLM",
            arguments: "t: 0.6", models: ["_pretrained_", "a"], zeroArguments: "t: 0"),
        MethodConformance(
            target: "SlerpMergeAlgorithm", arguments: "t: 0.3", models: ["_pretrained_", "a"], zeroArguments: "t: 0"),
        MethodConformance(
            target: "singular_value_calibration.generic.SingularValueCalibrationWithBaseMethod",
            arguments: "alpha: 0.1, base_method: {_target_: fusion_bench.method.SimpleAverageAlgorithm}"),
        MethodConformance(
            target: "singular_value_calibration.generic.SingularValueCalibrationWithBaseMethod",
            arguments:
                "alpha: 0.5, base_method: {_target_: fusion_bench.method.DareTaskArithmetic, scaling_factor: 0.3, sparsity_ratio: 0.5, only_on_linear_weights: true}",
            isRandom: true),
        MethodConformance(
            target: "singular_value_calibration.task_arithmetic.SingularValueCalibrationArithmeticTask",
            arguments: "scaling_factor: 0.3, alpha: 1", zeroArguments: "scaling_factor: 0, alpha: 0.1"),
        MethodConformance(
            target: "SWUDIMerging", arguments: "exp_time: 300, init_mode: mean, scaling_coefficient: [0.5, 1]",
            zeroArguments: "scaling_coefficient: 0"),
        MethodConformance(
            target: "tall_mask.TallMaskTaskArithmeticAlgorithm", arguments: "tall_mask_lambda: 0.6", resultCount: 3),
        MethodConformance(
            target: "tall_mask.TallMaskTaskArithmeticAlgorithm",
            arguments: "tall_mask_lambda: [0.2, 0.8], compare_task_vectors: true",
            models: ["_pretrained_", "a", "b"], resultCount: 2),
        MethodConformance(
            target: "TaskArithmeticAlgorithm", arguments: "scaling_factor: [0.3, 0.5]",
            zeroArguments: "scaling_factor: 0"),
        MethodConformance(
            target: "TaskArithmeticForCausalLM",
            arguments: "scaling_factor: 0.3, merge_backbone: true", zeroArguments: "scaling_factor: 0"),
        MethodConformance(
            target: "TaskVectorCosSimilarity",
            arguments: "plot_heatmap: true", resultCount: 0),
        MethodConformance(
            target: "TaskVectorViolinPlot",
            arguments: "trainable_only: true, max_points_per_model: null", resultCount: 0),
        MethodConformance(
            target: "TaskSingularVectorCompression", arguments: "sv_reduction: 0.4", resultCount: 3),
        MethodConformance(
            target: "TaskSingularVectorMerging",
            arguments: "alpha: [0.5, 1, 2], exclude_keys: [model.embed_tokens.weight]",
            zeroArguments: "alpha: 0"),
        MethodConformance(
            target: "TaskSingularVectorMerging", arguments: "alpha: 1, return_single_task_models: true",
            models: ["_pretrained_", "a", "b"], resultCount: 3),
        MethodConformance(
            target: "TiesMergingAlgorithm", arguments: "scaling_factor: 0.3, threshold: 20",
            zeroArguments: "scaling_factor: 0, threshold: 20"),
        MethodConformance(
            target: "TiesMergingForCausalLM",
            arguments: "scaling_factor: 0.3, threshold: 20, merge_backbone: true",
            zeroArguments: "scaling_factor: 0, threshold: 20"),
        MethodConformance(
            target: "WeightedAverageAlgorithm", arguments: "weights: [1, 2, 3], normalize: true",
            models: ["a", "b", "c"], zeroArguments: "weights: [1, 0, 0], normalize: true"),
        MethodConformance(
            target: "WeightedAverageForLLama",
            arguments:
                "weights: [1, 2, 3], normalize: true, backbone_only: true, merged_model_save_path: null, save_tokenizer: true, push_to_hub: false"
        ),
        MethodConformance(target: "WUDIMerging", arguments: "iter_num: 5, exclude_keys: [model.embed_tokens.weight]"),
    ]

    var testDescription: String { "\(target)(\(arguments)) of \(models.joined(separator: ", "))" }

    /// The configuration in YAML.
    var method: String { configuration(arguments) }

    func configuration(_ arguments: String) -> String {
        "{_target_: fusion_bench.method.\(target)" + (arguments.isEmpty ? "" : ", " + arguments) + "}"
    }
}
