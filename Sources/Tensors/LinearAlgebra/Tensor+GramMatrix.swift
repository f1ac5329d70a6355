/// Products of a matrix with itself.
extension Tensor {
    /// Which vectors of a matrix are meant.
    public enum MatrixVectors: Sendable {
        /// Its rows.
        case rows
        /// Its columns.
        case columns
    }

    /// The scalar products of the rows or columns of a matrix `[m, n]` of `float64` with each other.
    ///
    /// - Parameter vectors: Which.
    /// - Returns: `[m, m]` for rows, `[n, n]` for columns; symmetric to the bit.
    public func gramMatrix(of vectors: MatrixVectors) -> Tensor {
        precondition(rank == 2 && dtype == .float64, "A Gram matrix is computed of a matrix of float64, not \(self)")
        let size = size(vectors == .rows ? 0 : 1)
        let result = Tensor(uninitialized: [size, size], like: self)
        var view = MatrixView<Double>(
            UnsafePointer(memory.assumingMemoryBound(to: Double.self)), rows: self.size(0), columns: self.size(1))
        view.isTransposed = vectors == .columns
        MatrixProduct.multiplyByTranspose(view, into: result.memory.assumingMemoryBound(to: Double.self))
        return withExtendedLifetime(self) { result }
    }

    /// The vectors of the shorter side of a matrix, whose Gram matrix is the smaller one; rows if there are as many columns.
    public var shorterSide: MatrixVectors { size(0) <= size(1) ? .rows : .columns }

    /// The rows of a matrix of `float64`, each times a number.
    public func scalingRows(by factors: [Double]) -> Tensor {
        precondition(rank == 2 && factors.count == size(0), "There is one factor for each row")
        return self * Tensor(factors).reshaped([factors.count, 1])
    }
}
