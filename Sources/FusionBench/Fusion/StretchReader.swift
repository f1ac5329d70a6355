import Checkpoints
import Tensors

/// Reads stored elements as binary32.
struct StretchReader {
    let memory: ScratchMemory
    let allowsNonFinite: Bool

    /// The values of a range of a tensor.
    ///
    /// - Throws: `CheckpointError` if they cannot be read; `FusionError.nonFinite` for an element that is no number.
    func values(
        of tensor: LazyTensor, _ range: Range<Int>, slot: Int, tensor name: String, model: String
    ) throws -> UnsafeBufferPointer<Float> {
        let values = memory.floats(.input(slot), count: range.count)
        if tensor.dtype == .float32 {
            try tensor.read(range, into: UnsafeMutableRawBufferPointer(values))
        } else {
            let byteCount = tensor.dtype.byteCount(elements: range.count) ?? 0
            let stored = memory.bytes(.stored, count: byteCount)
            try tensor.read(range, into: stored)
            FloatArithmetic.decode(UnsafeRawBufferPointer(stored), tensor.dtype, into: values)
        }
        let result = UnsafeBufferPointer(values)
        if !allowsNonFinite, let index = FloatArithmetic.firstNonFinite(result) {
            throw FusionError.nonFinite(
                tensor: name, model: model, element: range.lowerBound + index, shape: tensor.shape,
                value: result[index])
        }
        return result
    }
}
