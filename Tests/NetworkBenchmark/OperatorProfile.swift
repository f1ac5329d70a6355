import Networks
import Tensors

/// The operators of one layer, one at a time.
struct OperatorProfile {
    private let layer: TransformerEncoderLayer
    private let x: Tensor
    private let packed: Tensor
    private let hidden: Tensor

    init(_ sizes: VisionEncoder.Sizes, _ layer: TransformerEncoderLayer, batch: Int) {
        self.layer = layer
        x = VisionEncoder.randomTensor("x", [batch, sizes.tokens, sizes.width])
        packed = VisionEncoder.randomTensor("packed", [batch, sizes.tokens, 3 * sizes.width])
        hidden = VisionEncoder.randomTensor("hidden", [batch, sizes.tokens, sizes.hidden])
    }

    /// Milliseconds of each, forward, and forward with its gradients.
    func measured(_ rounds: Int) -> [(String, Double)] {
        let attention = layer.attention
        let operators: [(String, [Tensor], ([Tensor]) -> Tensor)] = [
            (
                "layerNorm", [x, layer.mlpNorm.weight, layer.mlpNorm.bias],
                { layerNorm($0[0], weight: $0[1], bias: $0[2]) }
            ),
            (
                "addAndLayerNorm", [x, x, layer.mlpNorm.bias],
                { addAndLayerNorm($0[0], update: $0[1], updateBias: $0[2], weight: $0[2], bias: $0[2]).normalized }
            ),
            ("linear qkv", [x, attention.packedWeight], { linear($0[0], weight: $0[1]) }),
            (
                "attention", [packed, attention.packedBias],
                { Tensors.attention($0[0], bias: $0[1], headCount: attention.headCount) }
            ),
            ("linear out", [x, attention.output.weight], { linear($0[0], weight: $0[1]) }),
            ("linear up", [x, layer.mlp.up.weight], { linear($0[0], weight: $0[1]) }),
            (
                "linear up, bias, quickGELU", [x, layer.mlp.up.weight] + [layer.mlp.up.bias].compactMap(\.self),
                { linear($0[0], weight: $0[1], bias: $0[2], activation: .quickGELU) }
            ),
            ("quickGELU", [hidden], { $0[0].applying(.quickGELU) }),
            ("linear down", [hidden, layer.mlp.down.weight], { linear($0[0], weight: $0[1]) }),
        ]
        return operators.flatMap { name, inputs, body in
            [
                (name, fastest(rounds) { _ = body(inputs) }),
                (
                    name + ", with gradients",
                    fastest(rounds) {
                        let tape = GradientTape()
                        let watched = inputs.map(tape.watch)
                        let result = body(watched)
                        _ = tape.gradients(of: result, to: watched, startingWith: result.detached)
                    }
                ),
            ]
        }
    }

    private func fastest(_ rounds: Int, _ body: () -> Void) -> Double {
        var fastest = Double.infinity
        for _ in 0...2 * rounds {
            let start = ContinuousClock.now
            body()
            fastest = min(fastest, start.duration(to: .now) / .milliseconds(1))
        }
        return fastest
    }
}
