import Tensors

/// Elements of a tensor, rounded to another floating-point type.
struct ConvertedElements: TensorSource {
    let tensor: LazyTensor

    /// So many elements are converted at a time.
    private static let chunk = 1 << 16

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        guard let width = dtype.byteCount else { return }
        var numbers = [Double](repeating: 0, count: min(Self.chunk, elements.count))
        for start in stride(from: elements.lowerBound, to: elements.upperBound, by: Self.chunk) {
            let part = start..<min(start + Self.chunk, elements.upperBound)
            let place = (start - elements.lowerBound) * width
            try numbers.withUnsafeMutableBufferPointer { numbers in
                let numbers = UnsafeMutableBufferPointer(rebasing: numbers[..<part.count])
                try tensor.readNumbers(part, into: numbers)
                StoredNumbers.encode(
                    UnsafeBufferPointer(numbers), as: dtype,
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + part.count * width]))
            }
        }
    }
}

extension LazyTensor {
    /// Reads elements of a floating-point type as numbers.
    ///
    /// - Parameters:
    ///   - elements: The elements, counted in row-major order.
    ///   - numbers: Room for exactly these.
    /// - Throws: `CheckpointError` if they cannot be read.
    func readNumbers(_ elements: Range<Int>, into numbers: UnsafeMutableBufferPointer<Double>) throws {
        guard let byteCount = dtype.byteCount(elements: elements.count) else { return }
        try withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 16) { bytes in
            try read(elements, into: bytes)
            StoredNumbers.decode(UnsafeRawBufferPointer(bytes), of: dtype, into: numbers)
        }
    }
}
