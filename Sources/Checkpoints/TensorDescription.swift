public import Tensors

/// What a tensor is before anybody has computed its elements.
public struct TensorDescription: Sendable, Hashable {
    /// The parameter's name in the state dict.
    public let name: String
    /// The type of the elements.
    public let dtype: DType
    /// The sizes along the dimensions.
    public let shape: Shape

    /// Describes a tensor.
    public init(name: String, dtype: DType, shape: Shape) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
    }

    /// The bytes of all elements; nil if they do not fill whole bytes.
    public var byteCount: Int? { dtype.byteCount(elements: shape.elementCount) }
}
