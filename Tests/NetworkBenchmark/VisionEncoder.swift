import Networks
import OrderedCollections
import Tensors

/// The encoder of a vision transformer, without its head.
struct VisionEncoder {
    /// Its sizes.
    struct Sizes {
        let width: Int
        let layers: Int
        let heads: Int
        let hidden: Int
        let image: Int
        let patch: Int

        static let vitB32 = Sizes(width: 768, layers: 12, heads: 12, hidden: 3072, image: 224, patch: 32)

        var patches: Int { (image / patch) * (image / patch) }
        var tokens: Int { patches + 1 }
        /// Of matrix products, for one image.
        var floatingPointOperations: Double {
            let linear = Double(tokens * width * (4 * width + 2 * hidden))
            let attention = Double(2 * tokens * tokens * width)
            return 2 * (Double(layers) * (linear + attention) + Double(patches * width * 3 * patch * patch))
        }
    }

    let patches: Conv2d
    let classEmbedding: Tensor
    let positions: Tensor
    let norm: LayerNorm
    let layers: [TransformerEncoderLayer]

    init(_ parameters: ParameterScope, _ sizes: Sizes) {
        patches = Conv2d(
            parameters["patch"], channels: 3, outputs: sizes.width, kernel: sizes.patch, stride: sizes.patch,
            hasBias: false)
        classEmbedding = parameters.tensor("class", [1, 1, sizes.width])
        positions = parameters.tensor("positions", [sizes.tokens, sizes.width])
        norm = LayerNorm(parameters["norm"], columns: sizes.width)
        layers = (0..<sizes.layers).map {
            TransformerEncoderLayer(
                parameters["layers"][$0], width: sizes.width, headCount: sizes.heads, hiddenWidth: sizes.hidden,
                activation: .quickGELU)
        }
    }

    /// `[batch, 3, image, image]` to `[batch, tokens, width]`.
    func callAsFunction(_ images: Tensor) -> Tensor {
        let embedded = patches.patches(images)
        let firsts = classEmbedding + Tensor.zeros([embedded.size(0), 1, 1])
        let tokens = Tensor.concatenated([firsts, embedded], along: 1) + positions
        var stream = ResidualStream(norm(tokens))
        for layer in layers { layer(&stream) }
        return stream.sum
    }

    /// Random parameters, small enough that nothing overflows.
    static func randomParameters(_ sizes: Sizes) -> OrderedDictionary<String, Tensor> {
        var shapes: OrderedDictionary<String, Shape> = [
            "patch.weight": [sizes.width, 3, sizes.patch, sizes.patch], "class": [1, 1, sizes.width],
            "positions": [sizes.tokens, sizes.width], "norm.weight": [sizes.width], "norm.bias": [sizes.width],
        ]
        for layer in 0..<sizes.layers {
            for norm in ["layer_norm1", "layer_norm2"] {
                shapes["layers.\(layer).\(norm).weight"] = [sizes.width]
                shapes["layers.\(layer).\(norm).bias"] = [sizes.width]
            }
            for part in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                shapes["layers.\(layer).self_attn.\(part).weight"] = [sizes.width, sizes.width]
                shapes["layers.\(layer).self_attn.\(part).bias"] = [sizes.width]
            }
            shapes["layers.\(layer).mlp.fc1.weight"] = [sizes.hidden, sizes.width]
            shapes["layers.\(layer).mlp.fc1.bias"] = [sizes.hidden]
            shapes["layers.\(layer).mlp.fc2.weight"] = [sizes.width, sizes.hidden]
            shapes["layers.\(layer).mlp.fc2.bias"] = [sizes.width]
        }
        return OrderedDictionary(
            uniqueKeysWithValues: shapes.map { name, shape in (name, randomTensor(name, shape)) })
    }

    /// Normal numbers with a standard deviation of 0.02.
    static func randomTensor(_ name: String, _ shape: Shape) -> Tensor {
        let stream = RandomStream(seed: 1, purpose: "benchmark", name: name)
        let numbers = [Float](unsafeUninitializedCapacity: shape.elementCount) { buffer, initialized in
            stream.fillNormal(UnsafeMutableBufferPointer(rebasing: buffer[..<shape.elementCount]))
            initialized = shape.elementCount
        }
        return Tensor(numbers).reshaped(shape) * 0.02
    }
}
