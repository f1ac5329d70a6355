public import Tensors

/// Elements that are in memory already.
public struct TensorElements: TensorSource {
    private let tensor: Tensor

    /// The elements of a tensor in the host's memory.
    public init(_ tensor: Tensor) { self.tensor = tensor }

    /// Copies the elements.
    public func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) {
        tensor.withBytes { whole in
            guard let start = dtype.byteCount(elements: elements.lowerBound) else {
                preconditionFailure("Elements that share bytes are read from a whole byte on")
            }
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[start..<start + bytes.count]))
        }
    }
}

extension LazyTensor {
    /// A tensor that is in memory, as one of a checkpoint.
    public init(_ tensor: Tensor) {
        self.init(dtype: tensor.dtype, shape: tensor.shape, source: TensorElements(tensor.detached))
    }
}
