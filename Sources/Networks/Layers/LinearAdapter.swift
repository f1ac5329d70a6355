public import Tensors

/// What a linear layer gets added: `x · weightᵀ + bias + adapter(x)`.
public protocol LinearAdapter: Sendable {
    /// Those of its tensors that do not fit a layer.
    ///
    /// - Parameters:
    ///   - inputs: What the layer takes.
    ///   - outputs: What it gives.
    /// - Returns: Their names and shapes, and what was expected; empty if all fit.
    func misfits(inputs: Int, outputs: Int) -> [(name: String, found: Shape, expected: Shape)]

    /// `[…, in]` to `[…, out]`.
    func callAsFunction(_ x: Tensor) -> Tensor
}
