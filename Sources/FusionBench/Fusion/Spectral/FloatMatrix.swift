import Tensors

/// A matrix in binary32 that is written to again and again, as an optimisation does.
final class FloatMatrix {
    let rows: Int
    let columns: Int
    /// Where it starts; row by row.
    let pointer: UnsafeMutablePointer<Float>

    private static let alignment = 64

    /// Zeros.
    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        let count = max(1, rows * columns)
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<Float>.stride, alignment: Self.alignment)
        pointer = bytes.initializeMemory(as: Float.self, repeating: 0, count: count)
    }

    /// The elements of a matrix, rounded to binary32.
    ///
    /// - Throws: `TensorError` if they are no numbers.
    convenience init(_ tensor: Tensor) throws {
        self.init(rows: tensor.size(0), columns: tensor.size(1))
        try tensor.write(to: elements)
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }

    /// All elements.
    var elements: UnsafeMutableBufferPointer<Float> { .init(start: pointer, count: rows * columns) }

    /// The matrix for products.
    var view: MatrixView<Float> { MatrixView(UnsafePointer(pointer), rows: rows, columns: columns) }

    /// The same elements as a tensor of `float64`.
    ///
    /// - Throws: `TensorError` if there is no memory.
    func tensor() throws -> Tensor {
        try Tensor(copying: UnsafeRawBufferPointer(elements), shape: [rows, columns], dtype: .float32)
            .converted(to: .float64)
    }
}
