import Checkpoints
import OperatingSystem
import OrderedCollections
import Tensors

/// Makes checkpoints with the shapes of CLIP-ViT-B/32's vision tower and random weights: a base, and fine-tuned copies.
struct CLIPModelMaker {
    let directory: String
    let copies: Int
    /// The number of layers; CLIP-ViT-B/32 has 12.
    var layers = 12

    private static let width = 768

    /// The tensors, with the names that Transformers 5 gives them.
    private var tensors: [TensorDescription] {
        let width = Self.width
        var shapes: [(String, Shape)] = [
            ("embeddings.class_embedding", [width]), ("embeddings.patch_embedding.weight", [width, 3, 32, 32]),
            ("embeddings.position_embedding.weight", [50, width]), ("pre_layrnorm.weight", [width]),
            ("pre_layrnorm.bias", [width]), ("post_layernorm.weight", [width]), ("post_layernorm.bias", [width]),
        ]
        for layer in 0..<layers {
            let prefix = "encoder.layers.\(layer)."
            for name in ["k_proj", "v_proj", "q_proj", "out_proj"] {
                shapes.append((prefix + "self_attn.\(name).weight", [width, width]))
                shapes.append((prefix + "self_attn.\(name).bias", [width]))
            }
            for name in ["layer_norm1", "layer_norm2"] {
                shapes += [(prefix + name + ".weight", [width]), (prefix + name + ".bias", [width])]
            }
            shapes += [
                (prefix + "mlp.fc1.weight", [4 * width, width]), (prefix + "mlp.fc1.bias", [4 * width]),
                (prefix + "mlp.fc2.weight", [width, 4 * width]), (prefix + "mlp.fc2.bias", [width]),
            ]
        }
        return shapes.map { TensorDescription(name: $0.0, dtype: .float32, shape: $0.1) }
    }

    /// The folders of the base and of the copies.
    var folders: [String] { (0...copies).map { FileSystem.join(directory, $0 == 0 ? "base" : "model_\($0)") } }

    /// Makes what is not there yet.
    func make() throws {
        for (number, folder) in folders.enumerated() {
            let path = FileSystem.join(folder, "model.safetensors")
            if FileSystem.isFile(path) { continue }
            try FileSystem.makeDirectory(folder)
            let writer = try SafetensorsWriter(path: path, tensors: tensors, metadata: ["format": "pt"])
            try writer.create()
            for tensor in tensors {
                let values = Self.values(of: tensor, model: number)
                try values.withUnsafeBytes { try writer.write($0, to: tensor.name, at: 0) }
            }
            try writer.finish(flushing: false)
            try FileSystem.write(configuration, to: FileSystem.join(folder, "config.json"))
        }
    }

    /// 0.02 times a normal number, and 0.001 times another one in copies.
    private static func values(of tensor: TensorDescription, model: Int) -> [Float] {
        let count = tensor.shape.elementCount
        func normal(_ purpose: String) -> [Float] {
            let stream = RandomStream(seed: 1, purpose: purpose, name: tensor.name)
            return [Float](unsafeUninitializedCapacity: count) { buffer, filled in
                stream.fillNormal(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: 0)
                filled = count
            }
        }
        let base = normal("base").map { 0.02 * $0 }
        return model == 0 ? base : zip(base, normal("model \(model)")).map { $0 + 0.001 * $1 }
    }

    private var configuration: String {
        """
        {
          "architectures": ["CLIPVisionModel"],
          "dtype": "float32",
          "hidden_act": "quick_gelu",
          "hidden_size": 768,
          "image_size": 224,
          "intermediate_size": 3072,
          "model_type": "clip_vision_model",
          "num_attention_heads": 12,
          "num_channels": 3,
          "num_hidden_layers": \(layers),
          "patch_size": 32,
          "projection_dim": 512
        }

        """
    }
}
