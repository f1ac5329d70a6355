public import Tensors

/// A linear layer: `x · weightᵀ + bias`, and what an adapter adds.
public struct Linear: Sendable {
    /// `[out, in]`.
    public let weight: Tensor
    /// `[out]`.
    public let bias: Tensor?

    /// What is added to the product, if anything.
    public let adapter: (any LinearAdapter)?

    /// A layer of a weight `[out, in]` and a bias `[out]`.
    public init(weight: Tensor, bias: Tensor?, adapter: (any LinearAdapter)? = nil) {
        self.weight = weight
        self.bias = bias
        self.adapter = adapter
    }

    /// A layer of the parameters `weight` and `bias`.
    public init(_ parameters: ParameterScope, inputs: Int, outputs: Int, hasBias: Bool = true) {
        weight = parameters.tensor("weight", [outputs, inputs])
        bias = hasBias ? parameters.tensor("bias", [outputs]) : nil
        adapter = parameters.adapter(inputs: inputs, outputs: outputs)
    }

    /// `[…, in]` to `[…, out]`.
    public func callAsFunction(_ x: Tensor, activation: ElementwiseFunction = .identity) -> Tensor {
        guard let adapter else { return linear(x, weight: weight, bias: bias, activation: activation) }
        return (linear(x, weight: weight, bias: bias) + adapter(x)).applying(activation)
    }

    /// The product alone, for a bias that what comes next adds on its way.
    func withoutBias(_ x: Tensor) -> Tensor {
        let product = linear(x, weight: weight)
        return adapter.map { product + $0(x) } ?? product
    }
}
