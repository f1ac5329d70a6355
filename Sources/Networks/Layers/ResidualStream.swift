public import Tensors

/// What the layers of a transformer add to, one after another.
///
/// The last update waits until the next normalisation, which adds it on its way: one pass instead of two.
public struct ResidualStream {
    private var value: Tensor
    private var update: (value: Tensor, bias: Tensor?)?

    /// A stream that begins with embeddings of `[batch, tokens, width]`.
    public init(_ value: Tensor) { self.value = value }

    /// Adds the result of a linear layer.
    public mutating func add(_ layer: Linear, of x: Tensor) {
        value = sum
        update = (layer.withoutBias(x), layer.bias)
    }

    /// What a normalisation makes of it.
    public mutating func normalized(by norm: LayerNorm) -> Tensor {
        guard let (update, bias) = update else { return norm(value) }
        let both = addAndLayerNorm(
            value, update: update, updateBias: bias, weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon)
        value = both.sum
        self.update = nil
        return both.normalized
    }

    /// Goes on with a part of it: with some of the tokens.
    public mutating func select(_ selection: (Tensor) -> Tensor) {
        value = selection(sum)
        update = nil
    }

    /// All that was added.
    public var sum: Tensor {
        guard let (update, bias) = update else { return value }
        return bias.map { addResidual(value, update: update, updateBias: $0) } ?? value + update
    }
}
