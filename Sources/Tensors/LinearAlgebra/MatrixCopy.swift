/// A copy of a matrix that LAPACK may overwrite.
///
/// LAPACK reads columns where tensors have rows, and so sees the transpose of what a tensor holds.
struct MatrixCopy<Scalar: LAPACKScalar> {
    let tensor: Tensor

    /// A copy as it is, or of the transpose, so that LAPACK sees what the tensor says.
    init(_ matrix: Tensor, transposing: Bool) {
        tensor = matrix.detached.permuted(transposing ? [1, 0] : [0, 1])
    }

    init(zeros shape: Shape, like other: Tensor) {
        tensor = Tensor(filledWith: 0, shape: shape, like: other)
    }

    /// A tensor that nobody else sees, or that is only read.
    init(borrowing tensor: Tensor) {
        self.tensor = tensor
    }

    var memory: UnsafeMutablePointer<Scalar> { tensor.memory.assumingMemoryBound(to: Scalar.self) }

    subscript(row: Int, column: Int) -> Scalar {
        get { memory[row * tensor.columnCount + column] }
        nonmutating set { memory[row * tensor.columnCount + column] = newValue }
    }

    /// Multiplies a row by −1.
    func negateRow(_ row: Int) {
        for column in 0..<tensor.columnCount { self[row, column].negate() }
    }

    /// Multiplies a column by −1.
    func negateColumn(_ column: Int) {
        for row in 0..<tensor.rowCount { self[row, column].negate() }
    }

    /// Whether the first of the largest numbers of a column is negative.
    func columnIsNegative(_ column: Int) -> Bool {
        var largest = Scalar(0)
        for row in 0..<tensor.rowCount where self[row, column].magnitude > largest.magnitude {
            largest = self[row, column]
        }
        return largest < 0
    }

    /// Whether the first of the largest numbers of a row is negative.
    func rowIsNegative(_ row: Int) -> Bool {
        var largest = Scalar(0)
        let start = memory + row * tensor.columnCount
        for column in 0..<tensor.columnCount where start[column].magnitude > largest.magnitude {
            largest = start[column]
        }
        return largest < 0
    }
}
