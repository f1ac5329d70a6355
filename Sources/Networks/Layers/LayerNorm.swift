public import Tensors

/// Normalises rows to mean 0 and variance 1, then scales and shifts them.
public struct LayerNorm: Sendable {
    /// `[columns]`.
    public let weight: Tensor
    /// `[columns]`.
    public let bias: Tensor
    /// Added to the variance.
    public let epsilon: Double

    /// A layer of the parameters `weight` and `bias`.
    public init(_ parameters: ParameterScope, columns: Int, epsilon: Double = 1e-5) {
        weight = parameters.tensor("weight", [columns])
        bias = parameters.tensor("bias", [columns])
        self.epsilon = epsilon
    }

    /// `[…, columns]` to the same shape.
    public func callAsFunction(_ x: Tensor) -> Tensor { layerNorm(x, weight: weight, bias: bias, epsilon: epsilon) }
}
