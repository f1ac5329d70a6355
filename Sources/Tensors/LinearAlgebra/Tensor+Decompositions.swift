/// `matrix = vectors · diag(values) · vectorsᵀ` for a symmetric matrix.
public struct SymmetricEigendecomposition: Sendable {
    /// `[n]`, the smallest first.
    public let values: Tensor
    /// `[n, n]`: an orthonormal vector in each column, whose largest element by magnitude is positive.
    public let vectors: Tensor
}

/// `matrix = q · r`, with orthonormal columns of q and an upper triangle r whose diagonal is not negative.
public struct QRDecomposition: Sendable {
    /// `[m, k]`, with k = min(m, n).
    public let q: Tensor
    /// `[k, n]`.
    public let r: Tensor
}

/// Decompositions of matrices, computed on the processor by LAPACK; nothing is recorded on a tape.
extension Tensor {
    /// The eigenvalues and eigenvectors of a symmetric matrix `[n, n]`, of which the lower triangle is read.
    ///
    /// - Throws: `LinearAlgebraError`.
    public func symmetricEigendecomposition() throws(LinearAlgebraError) -> SymmetricEigendecomposition {
        dtype == .float64 ? try eigendecomposed(as: Double.self) : try eigendecomposed(as: Float.self)
    }

    private func eigendecomposed<Scalar: LAPACKScalar>(
        as _: Scalar.Type
    ) throws(LinearAlgebraError) -> SymmetricEigendecomposition {
        let size = try LAPACKCall.size(ofSquare: self)
        let matrix = MatrixCopy<Scalar>(self, transposing: false)
        let values = MatrixCopy<Scalar>(zeros: [1, Int(size)], like: self)
        guard size > 0 else {
            return SymmetricEigendecomposition(values: values.tensor.reshaped([0]), vectors: matrix.tensor)
        }
        var integers = [Int32](repeating: 0, count: 5 * Int(size) + 3)
        let integerCount = Int32(integers.count)
        let info = try LAPACKCall.withWork("syevd", like: self) { work, workCount in
            Scalar.syevd(
                size, matrix.memory, values.memory, work, workCount, &integers, workCount < 0 ? -1 : integerCount)
        }
        guard info == 0 else { throw .noConvergence(routine: "syevd") }
        let vectors = MatrixCopy<Scalar>(matrix.tensor, transposing: true)
        for column in 0..<Int(size) where vectors.columnIsNegative(column) { vectors.negateColumn(column) }
        return SymmetricEigendecomposition(values: values.tensor.reshaped([Int(size)]), vectors: vectors.tensor)
    }

    /// An orthonormal basis of the columns of a matrix `[m, n]`, and the columns in it.
    ///
    /// - Throws: `LinearAlgebraError`.
    public func qrDecomposition() throws(LinearAlgebraError) -> QRDecomposition {
        dtype == .float64 ? try qrDecomposed(as: Double.self) : try qrDecomposed(as: Float.self)
    }

    private func qrDecomposed<Scalar: LAPACKScalar>(as _: Scalar.Type) throws(LinearAlgebraError) -> QRDecomposition {
        let (rows, columns) = try LAPACKCall.sizes(of: self)
        let count = min(rows, columns)
        let r = MatrixCopy<Scalar>(zeros: [Int(count), Int(columns)], like: self)
        guard count > 0 else {
            return QRDecomposition(q: Tensor(filledWith: 0, shape: [Int(rows), 0], like: self), r: r.tensor)
        }
        let matrix = MatrixCopy<Scalar>(self, transposing: true)
        let factors = MatrixCopy<Scalar>(zeros: [1, Int(count)], like: self)
        _ = try LAPACKCall.withWork("geqrf", like: self) { work, workCount in
            Scalar.geqrf(rows, columns, matrix.memory, factors.memory, work, workCount)
        }
        for row in 0..<Int(count) {
            for column in row..<Int(columns) { r[row, column] = matrix[column, row] }
        }
        _ = try LAPACKCall.withWork("orgqr", like: self) { work, workCount in
            Scalar.orgqr(rows, count, count, matrix.memory, factors.memory, work, workCount)
        }
        let q = MatrixCopy<Scalar>(matrix.tensor[0..<Int(count)], transposing: true)
        for row in 0..<Int(count) where r[row, row] < 0 {
            r.negateRow(row)
            q.negateColumn(row)
        }
        return QRDecomposition(q: q.tensor, r: r.tensor)
    }

    /// The lower triangle L of a symmetric positive definite matrix `[n, n] = L · Lᵀ`, of which the lower triangle is read.
    ///
    /// - Throws: `LinearAlgebraError.notPositiveDefinite` and others.
    public func choleskyDecomposition() throws(LinearAlgebraError) -> Tensor {
        dtype == .float64 ? try choleskyDecomposed(as: Double.self) : try choleskyDecomposed(as: Float.self)
    }

    private func choleskyDecomposed<Scalar: LAPACKScalar>(as _: Scalar.Type) throws(LinearAlgebraError) -> Tensor {
        let size = try LAPACKCall.size(ofSquare: self)
        // Seen column by column, a lower triangle is an upper one.
        let matrix = MatrixCopy<Scalar>(self, transposing: false)
        guard size > 0 else { return matrix.tensor }
        let info = Scalar.potrf(size, matrix.memory)
        try LAPACKCall.check(info, "potrf")
        guard info == 0 else { throw .notPositiveDefinite(order: Int(info)) }
        for row in 0..<Int(size) {
            for column in row + 1..<max(row + 1, Int(size)) { matrix[row, column] = 0 }
        }
        return matrix.tensor
    }

    /// The solution `[n, k]` of `self · x = right`, for a square matrix `[n, n]` and right sides `[n, k]`.
    ///
    /// - Throws: `LinearAlgebraError.singular` and others.
    public func solve(_ right: Tensor) throws(LinearAlgebraError) -> Tensor {
        guard right.dtype == dtype else { throw .dtype(right.dtype) }
        return dtype == .float64 ? try solved(right, as: Double.self) : try solved(right, as: Float.self)
    }

    private func solved<Scalar: LAPACKScalar>(
        _ right: Tensor, as _: Scalar.Type
    ) throws(LinearAlgebraError) -> Tensor {
        let size = try LAPACKCall.size(ofSquare: self)
        let (rows, columns) = try LAPACKCall.sizes(of: right)
        guard rows == size else { throw .shape(right.shape, expected: "as many rows as the matrix: \(size)") }
        let solution = MatrixCopy<Scalar>(right, transposing: true)
        guard size > 0, columns > 0 else { return right.detached }
        let matrix = MatrixCopy<Scalar>(self, transposing: false)
        var pivots = [Int32](repeating: 0, count: Int(size))
        let info = Scalar.getrf(size, matrix.memory, &pivots)
        try LAPACKCall.check(info, "getrf")
        guard info == 0 else { throw .singular(pivot: Int(info) - 1) }
        // What was factored is the transpose, seen column by column.
        try LAPACKCall.check(Scalar.getrs(size, columns, matrix.memory, &pivots, solution.memory), "getrs")
        return solution.tensor.permuted([1, 0])
    }
}
