import Tensors

/// Some of the elements of another tensor, one after another: some of its rows, for example.
struct ElementRange: TensorSource {
    let tensor: LazyTensor
    /// The number of the first element.
    let start: Int

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        try tensor.read(start + elements.lowerBound..<start + elements.upperBound, into: bytes)
    }
}

/// The transpose of a matrix.
struct TransposedMatrix: TensorSource {
    /// `[rows, columns]`.
    let matrix: LazyTensor
    let columns: Int

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        guard let width = dtype.byteCount, let source = bytes.baseAddress, !elements.isEmpty else { return }
        let rows = matrix.elementCount / columns
        // Row by row of the matrix, whose elements of some columns are wanted.
        var row = [UInt8](repeating: 0, count: columns * width)
        try row.withUnsafeMutableBytes { row in
            guard let stored = row.baseAddress else { return }
            for number in 0..<rows {
                try matrix.read(number * columns..<(number + 1) * columns, into: row)
                let first = (elements.lowerBound - number + rows - 1) / rows
                let last = (elements.upperBound - 1 - number) / rows
                guard elements.upperBound > number, first <= last else { continue }
                for column in first...last {
                    let place = (column * rows + number - elements.lowerBound) * width
                    source.advanced(by: place).copyMemory(from: stored.advanced(by: column * width), byteCount: width)
                }
            }
        }
    }
}

extension LazyTensor {
    /// Some of the rows of a tensor: of what lies along its first dimension.
    public func rows(_ range: Range<Int>) -> LazyTensor {
        precondition(shape.rank > 0 && 0 <= range.lowerBound && range.upperBound <= shape.dimensions[0])
        let row = shape.dimensions.dropFirst().reduce(1, *)
        return LazyTensor(
            dtype: dtype, shape: Shape([range.count] + shape.dimensions.dropFirst()),
            source: ElementRange(tensor: self, start: range.lowerBound * row))
    }

    /// The transpose of a matrix, of elements that fill whole bytes.
    public var transposed: LazyTensor {
        precondition(shape.rank == 2 && dtype.byteCount != nil, "Only a matrix is transposed")
        return LazyTensor(
            dtype: dtype, shape: Shape(shape.dimensions.reversed()),
            source: TransposedMatrix(matrix: self, columns: shape.dimensions[1]))
    }
}
