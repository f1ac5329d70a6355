import Checkpoints
import Tensors

/// The numbers of a tensor of a checkpoint, which are needed again and again: mapped where they lie in a file, otherwise read
/// into memory once.
struct StoredNumbers: Sendable {
    private enum Place: Sendable {
        case mapped(MappedBytes)
        case memory(Tensor)
    }

    private let place: Place
    private let dtype: DType

    /// - Throws: `CheckpointError` if the tensor cannot be read.
    init(_ tensor: LazyTensor) throws {
        dtype = tensor.dtype
        place = try tensor.mapped().map(Place.mapped) ?? .memory(tensor.readTensor())
    }

    /// Gives numbers as binary32 to a function.
    ///
    /// - Parameters:
    ///   - range: Which elements.
    ///   - scratch: Room for as many, used if they are not stored as binary32.
    ///   - body: Must not keep the buffer.
    /// - Returns: What the body returns.
    func withFloats<Result>(
        _ range: Range<Int>, scratch: UnsafeMutableBufferPointer<Float>,
        _ body: (UnsafeBufferPointer<Float>) -> Result
    ) -> Result {
        withBytes { bytes in
            let size = dtype.byteCount ?? 0
            let part = UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound * size..<range.upperBound * size])
            let isInPlace =
                dtype == .float32 && UInt(bitPattern: part.baseAddress) % UInt(MemoryLayout<Float>.alignment) == 0
            if isInPlace { return body(part.bindMemory(to: Float.self)) }
            let numbers = UnsafeMutableBufferPointer(rebasing: scratch[..<range.count])
            FloatArithmetic.decode(part, dtype, into: numbers)
            return body(UnsafeBufferPointer(numbers))
        }
    }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch place {
        case .mapped(let mapped): withExtendedLifetime(mapped) { body(mapped.bytes) }
        case .memory(let tensor): tensor.withBytes(body)
        }
    }

    /// Lets memory go that holds nothing but a view of a file.
    func release(_ range: Range<Int>) {
        guard case .mapped(let mapped) = place else { return }
        let size = dtype.byteCount ?? 0
        mapped.release(range.lowerBound * size..<range.upperBound * size)
    }
}
