public import Tensors

/// A vector for each token.
public struct Embedding: Sendable {
    /// `[tokens, width]`.
    public let weight: Tensor

    /// A layer of the parameter `weight`.
    public init(_ parameters: ParameterScope, count: Int, width: Int) {
        weight = parameters.tensor("weight", [count, width])
    }

    /// `int64` of any shape to that shape with the width behind it.
    ///
    /// - Throws: `TensorError.index` for what is no token.
    public func callAsFunction(_ tokens: Tensor) throws(TensorError) -> Tensor { try weight.gatheringRows(tokens) }
}
