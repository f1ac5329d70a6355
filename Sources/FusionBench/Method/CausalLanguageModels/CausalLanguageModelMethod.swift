import Configuration

/// A method on causal language models: all of their parameters, or only some, with a place where the result is saved.
struct CausalLanguageModelMethod: DataFreeFusionMethod {
    /// Which parameters are merged; the others are the template's.
    enum Scope: String {
        case everything = ""
        /// All but the head; without a pretrained model, the head is that of the first model.
        case backbone = "model."
        /// Only the layers; everything else is the pretrained model's.
        case layers = "model.layers."
    }

    /// What merges the parameters.
    let method: any DataFreeFusionMethod
    let scope: Scope
    let modelSavePath: String?
    /// Whether the result is wanted on the hub, where this program does not write.
    var isPushedToHub = false

    var methodName: String { method.methodName }
    var needsPretrained: Bool { method.needsPretrained }
    var takesPretrained: Bool { method.takesPretrained }
    var modelCounts: ClosedRange<Int> { method.modelCounts }
    var takesSpecialModels: Bool { method.takesSpecialModels }

    func problems(with models: AlignedModels) -> [String] {
        var problems: [String] = []
        if isPushedToHub { problems.append("\(methodName) does not upload: push_to_hub must be false") }
        if scope == .layers, models.template.name != ModelPool.pretrainedName {
            problems.append("\(FusionError.noPretrained(method: methodName)), which merge_backbone takes the rest from")
        }
        let restricted = restricted(models)
        if restricted.parameters.isEmpty, !models.parameters.isEmpty {
            problems.append("\(methodName) finds no parameters below '\(scope.rawValue)'")
        }
        return problems + method.problems(with: restricted)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        try method.fuse(restricted(models), in: context)
    }

    private func restricted(_ models: AlignedModels) -> AlignedModels {
        models.restricted { $0.key.hasPrefix(scope.rawValue) }
    }
}

extension TargetRegistry {
    mutating func registerCausalLanguageModelMethods() {
        registerSimpleAverageForCausalLanguageModels()
        registerTaskArithmeticForCausalLanguageModels()
        registerTIESMergingForCausalLanguageModels()
        registerSlerpForCausalLanguageModels()
        registerWeightedAverageForLlama()
    }

    private mutating func registerSimpleAverageForCausalLanguageModels() {
        register(
            "fusion_bench.method.SimpleAverageForCausalLM", "fusion_bench.method.SimpleAverageForLlama",
            "fusion_bench.method.linear.SimpleAverageForCausalLM", "fusion_bench.method.linear.SimpleAverageForLlama",
            "fusion_bench.method.linear.simple_average_for_causallm.SimpleAverageForCausalLM",
            "fusion_bench.method.linear.simple_average_for_causallm.SimpleAverageForLlama",
            parameters: Parameter("merge_backbone", default: false),
            Parameter("model_save_path", default: String?.none),
            Parameter("show_pbar", default: false)
        ) { layersOnly, path, _ in
            CausalLanguageModelMethod(
                method: SimpleAverage(), scope: layersOnly ? .layers : .everything, modelSavePath: path)
        }
    }

    private mutating func registerTaskArithmeticForCausalLanguageModels() {
        register(
            "fusion_bench.method.TaskArithmeticForCausalLM", "fusion_bench.method.TaskArithmeticForLlama",
            "fusion_bench.method.linear.TaskArithmeticForCausalLM", "fusion_bench.method.linear.TaskArithmeticForLlama",
            "fusion_bench.method.linear.task_arithmetic_for_causallm.TaskArithmeticForCausalLM",
            "fusion_bench.method.linear.task_arithmetic_for_causallm.TaskArithmeticForLlama",
            parameters: Parameter<ParameterSetting>("scaling_factor"), Parameter("merge_backbone", default: false),
            Parameter("model_save_path", default: String?.none)
        ) { factor, layersOnly, path in
            CausalLanguageModelMethod(
                method: TaskArithmetic(scalingFactor: factor), scope: layersOnly ? .layers : .everything,
                modelSavePath: path)
        }
    }

    private mutating func registerTIESMergingForCausalLanguageModels() {
        register(
            "fusion_bench.method.TiesMergingForCausalLM", "fusion_bench.method.linear.TiesMergingForCausalLM",
            "fusion_bench.method.linear.ties_merging_for_causallm.TiesMergingForCausalLM",
            parameters: Parameter<ParameterSetting>("scaling_factor"), Parameter<Double>("threshold"),
            Parameter("remove_keys", default: [String]?.none),
            Parameter("merge_func", default: TIESMergeFunction.sum), Parameter("merge_backbone", default: false),
            Parameter("model_save_path", default: String?.none)
        ) { factor, threshold, removed, function, layersOnly, path in
            CausalLanguageModelMethod(
                method: TIESMerging(
                    scalingFactor: factor, threshold: threshold, removedKeys: Set(removed ?? []),
                    mergeFunction: function),
                scope: layersOnly ? .layers : .everything, modelSavePath: path)
        }
    }

    private mutating func registerSlerpForCausalLanguageModels() {
        register(
            "fusion_bench.method.SlerpForCausalLM", "fusion_bench.method.slerp.SlerpForCausalLM",
            "fusion_bench.method.slerp.slerp.SlerpForCausalLM", parameters: Parameter<ParameterSetting>("t"),
            Parameter("DOT_THRESHOLD", default: 0.9995), Parameter("epsilon", default: 1e-8),
            Parameter("model_save_path", default: String?.none), Parameter("show_pbar", default: false)
        ) { position, cosine, epsilon, path, _ in
            CausalLanguageModelMethod(
                method: Slerp(position: position, parallelCosine: cosine, epsilon: epsilon), scope: .everything,
                modelSavePath: path)
        }
    }

    private mutating func registerWeightedAverageForLlama() {
        register(
            "fusion_bench.method.WeightedAverageForLLama",
            "fusion_bench.method.weighted_average.WeightedAverageForLLama",
            "fusion_bench.method.weighted_average.llama.WeightedAverageForLLama",
            parameters: Parameter<Bool>("normalize"), Parameter<[ParameterSetting]>("weights"),
            Parameter<Bool>("backbone_only"), Parameter<String?>("merged_model_save_path"),
            Parameter<Bool>("save_tokenizer"), Parameter<Bool>("push_to_hub")
        ) { normalize, weights, backboneOnly, path, _, push in
            CausalLanguageModelMethod(
                method: WeightedAverage(weights: weights, normalizes: normalize),
                scope: backboneOnly ? .backbone : .everything, modelSavePath: path, isPushedToHub: push)
        }
    }
}
