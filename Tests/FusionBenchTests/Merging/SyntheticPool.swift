import Checkpoints
import Tensors
import TestSupport

@testable import FusionBench

/// Small models with tensors of many shapes and types, in files.
struct SyntheticPool {
    /// Where the files are; they go with it.
    let directory: ScratchDirectory
    /// Names and files, in the order of the pool.
    let models: [(name: String, path: String)]

    /// The tensors of each model: matrices, vectors, a convolution, single numbers, nothing, integers.
    static let tensors = [
        TensorDescription(name: "model.embed_tokens.weight", dtype: .float32, shape: [37, 12]),
        TensorDescription(name: "model.layers.0.self_attn.q_proj.weight", dtype: .bfloat16, shape: [24, 12]),
        TensorDescription(name: "model.layers.0.mlp.up_proj.weight", dtype: .float32, shape: [12, 300]),
        TensorDescription(name: "model.layers.0.input_layernorm.weight", dtype: .float16, shape: [12]),
        TensorDescription(name: "model.layers.1.self_attn.q_proj.weight", dtype: .float64, shape: [24, 12]),
        TensorDescription(name: layerWeight, dtype: .float32, shape: [12, 300]),
        TensorDescription(name: "encoder.fc1.weight", dtype: .float32, shape: [10, 8]),
        TensorDescription(name: "patches.weight", dtype: .float32, shape: [5, 3, 2, 2]),
        TensorDescription(name: "logit_scale", dtype: .float32, shape: []),
        TensorDescription(name: "one.bias", dtype: .float32, shape: [1]),
        TensorDescription(name: "empty.weight", dtype: .float32, shape: [0, 4]),
        TensorDescription(name: "position_ids", dtype: .int64, shape: [1, 5]),
    ]

    /// The weight of a linear layer, which all methods look at.
    static let layerWeight = "model.layers.1.mlp.up_proj.weight"

    /// What the models of a pool have in common.
    enum Content {
        /// The base, and differences of their own.
        case different
        /// All the same.
        case equal
        /// Different ones, with numbers of a million in the tensors of binary32.
        case large
        /// Different ones, of which the last has an element that is no number in this tensor.
        case nonFinite(tensor: String)
    }

    init(_ names: [String], _ content: Content = .different, tensors: [TensorDescription] = tensors) throws {
        directory = try ScratchDirectory()
        var models: [(String, String)] = []
        for (number, name) in names.enumerated() {
            let path = directory.path(name + ".safetensors")
            let writer = try SafetensorsWriter(path: path, tensors: tensors, metadata: nil)
            try writer.create()
            for tensor in tensors {
                let bytes = Self.bytes(tensor, model: number, last: names.count - 1, content)
                try bytes.withUnsafeBytes { try writer.write($0, to: tensor.name, at: 0) }
            }
            try writer.finish(flushing: false)
            models.append((name, path))
        }
        self.models = models
    }

    private static func bytes(
        _ tensor: TensorDescription, model: Int, last: Int, _ content: Content
    ) -> [UInt8] {
        guard tensor.dtype.isFloatingPoint else {
            return [UInt8](repeating: UInt8(model + 1), count: tensor.byteCount ?? 0)
        }
        let count = tensor.shape.elementCount
        var values = [Float](repeating: 0, count: count)
        fill(&values, "base", tensor.name)
        if model > 0 {
            if case .equal = content {
            } else {
                var differences = values
                fill(&differences, "model \(model)", tensor.name)
                // Some entries are not fine-tuned, and some as often as not.
                for index in values.indices where index % 7 != 0 { values[index] += 0.05 * differences[index] }
            }
        }
        if case .large = content, tensor.dtype == .float32 { values = values.map { $0 * 1_000_000 } }
        if case .nonFinite(tensor.name) = content, model == last, count > 0 { values[count / 2] = .nan }
        var bytes = [UInt8](repeating: 0, count: tensor.byteCount ?? 0)
        bytes.withUnsafeMutableBytes { bytes in
            values.withUnsafeBufferPointer { FloatArithmetic.encode($0, tensor.dtype, into: bytes) }
        }
        return bytes
    }

    private static func fill(_ values: inout [Float], _ purpose: String, _ name: String) {
        values.withUnsafeMutableBufferPointer {
            RandomStream(seed: 1, purpose: purpose, name: name).fillUniform($0)
        }
        for index in values.indices { values[index] = 2 * values[index] - 1 }
    }
}
