import Checkpoints
import Configuration
import OrderedCollections
import Tensors

/// How a fused model is saved: `merged_model_save_kwargs`, with the names of the reference and of `save_pretrained`.
struct SaveOptions: Sendable {
    /// The type that floating-point tensors are written in; nil for that of the template.
    var dtype: DType?
    /// The most bytes of a file.
    var shardSize = ShardSize.standard
    /// Whether the files are on the disk when the job says that it is done, and not only on their way there.
    var isFlushed = true
    /// Whether the hash of every byte of the inputs is kept, for which they are read once more.
    var hashesInputs = false

    private static let types: KeyValuePairs<String, DType> = [
        "float32": .float32, "float": .float32, "fp32": .float32, "float16": .float16, "half": .float16,
        "fp16": .float16, "bfloat16": .bfloat16, "bf16": .bfloat16, "float64": .float64, "double": .float64,
    ]

    /// PyTorch's name of a type.
    static func name(of dtype: DType) -> String? { types.first { $0.value == dtype }?.key }

    private static func dtype(_ text: String) -> DType? {
        let name = text.split(separator: ".").last.map(String.init) ?? text
        return types.first { $0.key == name }?.value
    }
}

extension SaveOptions: ConfigurationDecodable {
    static var expectedDescription: String {
        "null, or a mapping with model_dtype (\(types.map(\.key).joined(separator: ", "))), max_shard_size (as in "
            + "5GB), flush and hash_inputs (true or false)"
    }

    /// What concerns only the hub or the tokenizer's class is not looked at.
    private static let ignoredKeys: Set = [
        "save_tokenizer", "tokenizer_kwargs", "tokenizer", "algorithm_config", "description",
        "base_model_in_modelcard", "safe_serialization", "push_to_hub",
    ]

    static func decode(_ argument: Argument) -> SaveOptions? {
        var options = SaveOptions()
        if argument.source.isNull { return options }
        guard let entries = argument.source.entries else { return nil }
        for (key, value) in entries {
            switch key.description {
            case "model_dtype", "dtype", "torch_dtype":
                if value.isNull { continue }
                guard let dtype = value.string.flatMap(dtype) else { return nil }
                options.dtype = dtype
            case "max_shard_size":
                let size =
                    value.string.map { try? ShardSize(parsing: $0) }
                    ?? Int.decode(.value(value)).map { try? ShardSize(byteCount: $0) }
                guard let size = size ?? nil else { return nil }
                options.shardSize = size
            case "flush":
                guard let flag = Bool.decode(.value(value)) else { return nil }
                options.isFlushed = flag
            case "hash_inputs":
                guard let flag = Bool.decode(.value(value)) else { return nil }
                options.hashesInputs = flag
            case "push_to_hub":
                // There is no network to push to.
                if Bool.decode(.value(value)) == true { return nil }
            default:
                if !ignoredKeys.contains(key.description) { return nil }
            }
        }
        return options
    }
}

/// A place that a fused model is saved to.
struct SavePlace: Sendable {
    let path: String
    let options: SaveOptions
}
