public import Tensors

/// A linear layer: `x · weightᵀ + bias`.
public struct Linear: Sendable {
    /// `[out, in]`.
    public let weight: Tensor
    /// `[out]`.
    public let bias: Tensor?

    /// A layer of a weight `[out, in]` and a bias `[out]`.
    public init(weight: Tensor, bias: Tensor?) {
        self.weight = weight
        self.bias = bias
    }

    /// A layer of the parameters `weight` and `bias`.
    public init(_ parameters: ParameterScope, inputs: Int, outputs: Int, hasBias: Bool = true) {
        weight = parameters.tensor("weight", [outputs, inputs])
        bias = hasBias ? parameters.tensor("bias", [outputs]) : nil
    }

    /// `[…, in]` to `[…, out]`.
    public func callAsFunction(_ x: Tensor, activation: ElementwiseFunction = .identity) -> Tensor {
        linear(x, weight: weight, bias: bias, activation: activation)
    }

    /// The product alone, for a bias that what comes next adds on its way.
    func withoutBias(_ x: Tensor) -> Tensor { linear(x, weight: weight) }
}
