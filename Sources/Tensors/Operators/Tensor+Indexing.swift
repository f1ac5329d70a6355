/// Rows by their numbers.
extension Tensor {
    /// Entries of the first dimension by their numbers, such as embeddings of tokens.
    ///
    /// - Parameter indices: `int64` of any shape; each one of the entries.
    /// - Returns: The shape of the indices, then that of an entry. The gradients of an entry that is there several times
    ///   are added in the order of the indices.
    /// - Throws: `TensorError.index`.
    public func gatheringRows(_ indices: Tensor) throws(TensorError) -> Tensor {
        precondition(rank > 0 && indices.dtype == .int64, "Rows are gathered by int64 indices, not \(indices)")
        try indices.checkIndices(below: size(0))
        let entry = Array(shape.dimensions.dropFirst())
        let matrix = Tensor(
            shape: [size(0), entry.reduce(1, *)], dtype: dtype, storage: storage, byteOffset: byteOffset)
        let rows = Tensor(uninitialized: [indices.elementCount, matrix.columnCount], like: self)
        backend.gatherRows(matrix, at: indices, into: rows)
        let result = rows.reshaped(Shape(indices.shape.dimensions + entry))
        return result.recorded(from: [self]) { [shape = matrix.shape, original = shape] flow in
            let sum = flow.gradientToAddTo(0, shape: original, like: flow.gradient)
            sum.arithmetic.scatterRows(
                flow.gradient.reshaped([indices.elementCount, shape.dimensions[1]]), at: indices,
                into: sum.reshaped(shape))
            flow.add(sum, to: 0)
        }
    }

    /// One element of each row: result[r] = x[r, columns[r]].
    ///
    /// - Parameter columns: `[rows]`, `int64`.
    /// - Returns: `[rows]`.
    /// - Throws: `TensorError.index`.
    func picking(_ columns: Tensor) throws(TensorError) -> Tensor {
        precondition(
            rank == 2 && columns.shape == [size(0)] && columns.dtype == .int64,
            "One column is picked of each row of \(shape), not \(columns)")
        try columns.checkIndices(below: columnCount)
        let places = columns.array(of: Int.self).enumerated().map { row, column in row * columnCount + column }
        return try reshaped([elementCount, 1]).gatheringRows(Tensor(places)).reshaped([size(0)])
    }

    private func checkIndices(below count: Int) throws(TensorError) {
        for (position, index) in array(of: Int.self).enumerated() where index < 0 || index >= count {
            throw .index(index, position: position, count: count)
        }
    }
}
