import Networks
import Tensors

/// The layers of a tower.
struct CLIPEncoder: Sendable {
    let layers: [TransformerEncoderLayer]

    /// The layers `encoder.layers.0` and so on.
    init(_ parameters: ParameterScope, _ configuration: CLIPEncoderConfiguration) {
        let scope = parameters["encoder"]["layers"]
        layers = (0..<configuration.layerCount).map { number in
            TransformerEncoderLayer(
                scope[number], width: configuration.width, headCount: configuration.headCount,
                hiddenWidth: configuration.hiddenWidth, activation: configuration.activation,
                epsilon: Double(configuration.normEpsilon))
        }
    }

    /// What becomes of one token of each row; others are left alone once nobody looks at them any more.
    ///
    /// - Parameters:
    ///   - x: `[batch, tokens, width]`.
    ///   - mask: What tokens see.
    ///   - pooled: Takes that token out of `[batch, tokens, width]`: `[batch, width]`.
    /// - Returns: `[batch, width]`.
    func pooled(_ x: Tensor, mask: AttentionMask = .none, by pooled: @escaping (Tensor) -> Tensor) -> Tensor {
        var stream = ResidualStream(x)
        for layer in layers.dropLast() { layer(&stream, mask: mask) }
        guard let last = layers.last else { return pooled(x) }
        last(&stream, mask: mask, keeping: pooled)
        return stream.sum
    }

    /// The tokens before the first layer and behind each one, `[batch, tokens, width]` each.
    func hiddenStates(_ x: Tensor, mask: AttentionMask = .none) -> [Tensor] {
        var stream = ResidualStream(x)
        return [x]
            + layers.map { layer in
                layer(&stream, mask: mask)
                return stream.sum
            }
    }
}
