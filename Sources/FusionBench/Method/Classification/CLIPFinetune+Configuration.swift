import Configuration
import OrderedCollections

extension TargetRegistry {
    mutating func registerCLIPFinetune() {
        registerFinetune(
            "fusion_bench.method.classification.clip_finetune.ImageClassificationFineTuningForCLIP",
            "fusion_bench.method.classification.ImageClassificationFineTuningForCLIP",
            "fusion_bench.method.ImageClassificationFineTuningForCLIP"
        ) { _ in .together }
        registerFinetune(
            "fusion_bench.method.ContinualImageClassificationFineTuningForCLIP",
            "fusion_bench.method.classification.ContinualImageClassificationFineTuningForCLIP",
            "fusion_bench.method.classification.continual_clip_finetune.ContinualImageClassificationFineTuningForCLIP"
        ) { .oneByOne(isShuffled: $0) }
    }

    private mutating func registerFinetune(_ names: String..., order: @escaping @Sendable (Bool) -> CLIPFinetune.Order)
    {
        for name in names {
            register(
                name, parameters: Parameter("seed", default: 42),
                Parameter("learning_rate", default: NonNegativeNumber(1e-5)),
                Parameter("weight_decay", default: NonNegativeNumber(0)), Parameter("num_steps", default: 4000),
                Parameter<PositiveInteger>("batch_size", default: 128),
                Parameter<PositiveInteger>("micro_batch_size", default: 32),
                Parameter<PositiveInteger?>("save_interval", default: 500),
                Parameter<String?>("state_dict_load_path", default: nil),
                Parameter<String?>("state_dict_save_path", default: nil), Parameter("skip_training", default: false),
                Parameter("use_lora", default: false), Parameter("use_l_lora", default: false),
                Parameter("lora_config", default: LoRAArgument(settings: .init())),
                Parameter("shuffle_order", default: true), additional: .areIgnored
            ) {
                seed, rate, decay, steps, batch, micro, interval, load, save, skips, usesLoRA, usesLinearized, lora,
                isShuffled in
                var adaptation = usesLoRA || usesLinearized ? lora.settings : nil
                adaptation?.isLinearized = usesLinearized
                return CLIPFinetune(
                    settings: CLIPFinetune.Settings(
                        seed: UInt64(bitPattern: Int64(seed)), learningRate: rate.value, weightDecay: decay.value,
                        stepCount: max(0, steps), batchSize: batch.value, microBatchSize: micro.value,
                        saveInterval: interval?.value, loadPath: load, savePath: save, skipsTraining: skips,
                        adaptation: adaptation),
                    order: order(isShuffled))
            }
        }
    }
}

/// `lora_config`, with the keys of PEFT's `LoraConfig` that training here can follow.
struct LoRAArgument: ConfigurationDecodable {
    let settings: LowRankAdaptation.Settings

    static var expectedDescription: String {
        "a mapping with r, lora_alpha, lora_dropout (below 1), target_modules (\(TargetModules.expectedDescription)), "
            + "use_rslora, and bias: none"
    }

    static func decode(_ argument: Argument) -> LoRAArgument? {
        guard let entries = argument.source.entries else { return nil }
        var settings = LowRankAdaptation.Settings()
        for (key, value) in entries {
            let argument = Argument.value(value)
            switch key.description {
            case "r":
                guard let rank = PositiveInteger.decode(argument) else { return nil }
                settings.rank = rank.value
            case "lora_alpha":
                guard let alpha = NonNegativeNumber.decode(argument) else { return nil }
                settings.alpha = alpha.value
            case "lora_dropout":
                guard let share = NonNegativeNumber.decode(argument), share.value < 1 else { return nil }
                settings.dropout = share.value
            case "target_modules":
                guard let modules = TargetModules.decode(argument) else { return nil }
                settings.targetModules = modules
            case "use_rslora":
                guard let flag = Bool.decode(argument) else { return nil }
                settings.isRankStabilized = flag
            case "bias": guard value.string == "none" else { return nil }
            case "task_type", "_target_", "inference_mode", "init_lora_weights": continue
            default: return nil
            }
        }
        return LoRAArgument(settings: settings)
    }
}
