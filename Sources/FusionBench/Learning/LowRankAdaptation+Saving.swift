import Checkpoints
import Fabric
import JSON
import OperatingSystem
import OrderedCollections
import Tensors

extension LowRankAdaptation {
    /// The prefix of PEFT's names.
    private static let prefix = "base_model.model."

    /// Writes the factors as PEFT does, for `PeftModel.from_pretrained` on the `vision_model` of a CLIP vision model, as
    /// FusionBench loads them; all ranks do it together.
    ///
    /// - Parameters:
    ///   - factors: All factors.
    ///   - directory: Where they go.
    ///   - base: The model that they are for.
    ///   - fabric: The ranks, of which global zero writes.
    /// - Throws: `CheckpointError` if they cannot be written.
    func save(
        _ factors: OrderedDictionary<String, Tensor>, to directory: String, base: PooledModel, _ fabric: Fabric
    ) throws {
        let named = factors.map { (Self.prefix + $0.key, $0.value) }
        try fabric.save(to: FileSystem.join(directory, "adapter_model.safetensors"), "adapter") { path in
            let writer = try SafetensorsWriter(
                path: path, tensors: named.map { TensorDescription(name: $0, dtype: $1.dtype, shape: $1.shape) },
                metadata: ["format": "pt"])
            defer { writer.abandon() }
            try writer.create()
            for (name, tensor) in named { try tensor.withBytes { try writer.write($0, to: name, at: 0) } }
            try writer.finish(flushing: true)
        }
        let text = configuration(base: base.location).text(indent: 2) + "\n"
        try fabric.save(
            Array(text.utf8), to: FileSystem.join(directory, "adapter_config.json"), "adapter configuration")
    }

    private func configuration(base: String) -> JSONValue {
        let targets = if case .names(let names) = settings.targetModules { names } else { modules }
        return .object([
            "base_model_name_or_path": .string(base), "bias": .string("none"), "fan_in_fan_out": .boolean(false),
            "inference_mode": .boolean(true), "init_lora_weights": .boolean(true),
            "lora_alpha": .number(settings.alpha), "lora_dropout": .number(settings.dropout),
            "peft_type": .string("LORA"), "r": .integer(settings.rank),
            "target_modules": .array(targets.map { .string($0) }), "task_type": .null,
            "use_rslora": .boolean(settings.isRankStabilized),
        ])
    }
}
