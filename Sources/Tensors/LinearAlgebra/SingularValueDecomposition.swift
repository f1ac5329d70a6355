/// `matrix = u · diag(singularValues) · vTransposed`, with orthonormal columns of u and rows of vTransposed.
///
/// Signs are free in theory. Here the largest element, by magnitude, of each column of u is positive; of several equal ones
/// the first.
public struct SingularValueDecomposition: Sendable {
    /// How many singular vectors there are of a matrix `[m, n]`.
    public enum Size: Sendable, Equatable {
        /// u is `[m, m]`, vTransposed `[n, n]`.
        case full
        /// u is `[m, k]`, vTransposed `[k, n]`, with k = min(m, n).
        case economic
        /// As many of the largest as given, at most min(m, n).
        case truncated(Int)
    }

    /// `[m, k]`, or `[m, m]`.
    public let u: Tensor
    /// `[k]`, not negative, the largest first.
    public let singularValues: Tensor
    /// `[k, n]`, or `[n, n]`.
    public let vTransposed: Tensor
}

extension Tensor {
    /// The singular values of a matrix `[m, n]` and the vectors that belong to them.
    ///
    /// Computed on the processor by LAPACK's `gesdd`; nothing is recorded on a tape.
    ///
    /// - Throws: `LinearAlgebraError`.
    public func singularValueDecomposition(
        _ size: SingularValueDecomposition.Size = .economic
    ) throws(LinearAlgebraError) -> SingularValueDecomposition {
        dtype == .float64 ? try decomposed(size, as: Double.self) : try decomposed(size, as: Float.self)
    }

    private func decomposed<Scalar: LAPACKScalar>(
        _ size: SingularValueDecomposition.Size, as _: Scalar.Type
    ) throws(LinearAlgebraError) -> SingularValueDecomposition {
        let (rows, columns) = try LAPACKCall.sizes(of: self)
        let (m, n, count) = (Int(rows), Int(columns), Int(min(rows, columns)))
        let isFull = size == .full
        guard count > 0 else {
            return SingularValueDecomposition(
                u: isFull ? LAPACKCall.identity(m, like: self) : Tensor(filledWith: 0, shape: [m, 0], like: self),
                singularValues: Tensor(filledWith: 0, shape: [0], like: self),
                vTransposed: isFull
                    ? LAPACKCall.identity(n, like: self) : Tensor(filledWith: 0, shape: [0, n], like: self))
        }
        // Seen column by column, this is the transpose, whose left vectors are our right ones.
        let matrix = MatrixCopy<Scalar>(self, transposing: false)
        let values = MatrixCopy<Scalar>(zeros: [1, count], like: self)
        let v = MatrixCopy<Scalar>(zeros: isFull ? [n, n] : [count, n], like: self)
        let u = MatrixCopy<Scalar>(zeros: isFull ? [m, m] : [m, count], like: self)
        var integers = [Int32](repeating: 0, count: 8 * count)
        let job = CChar(isFull ? UInt8(ascii: "A") : UInt8(ascii: "S"))
        let info = try LAPACKCall.withWork("gesdd", like: self) { work, workCount in
            Scalar.gesdd(
                job, columns, rows, matrix.memory, values.memory, v.memory, columns, u.memory,
                Int32(u.tensor.columnCount), work, workCount, &integers)
        }
        guard info == 0 else { throw .noConvergence(routine: "gesdd") }
        for column in 0..<u.tensor.columnCount where u.columnIsNegative(column) {
            u.negateColumn(column)
            if column < count { v.negateRow(column) }
        }
        let kept: Int
        if case .truncated(let rank) = size { kept = max(0, min(rank, count)) } else { kept = count }
        return SingularValueDecomposition(
            u: isFull || kept == count ? u.tensor : u.tensor.slice(along: 1, 0..<kept),
            singularValues: values.tensor.reshaped([count])[0..<kept],
            vTransposed: isFull ? v.tensor : v.tensor[0..<kept])
    }

    /// The Moore–Penrose inverse `[n, m]` of a matrix `[m, n]`.
    ///
    /// - Parameter tolerance: Singular values up to this share of the largest one count as 0; by default max(m, n) times the
    ///   distance from 1 to the next number.
    /// - Returns: `[n, m]`.
    /// - Throws: `LinearAlgebraError`.
    public func pseudoInverse(tolerance: Double? = nil) throws(LinearAlgebraError) -> Tensor {
        let parts = try singularValueDecomposition()
        let values =
            dtype == .float64
            ? parts.singularValues.array(of: Double.self) : parts.singularValues.array(of: Float.self).map(Double.init)
        let step = dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne)
        let limit = (values.first ?? 0) * (tolerance ?? Double(max(size(0), size(1))) * step)
        let inverses = values.map { $0 > limit ? 1 / $0 : 0 }
        guard !values.isEmpty else { return Tensor(filledWith: 0, shape: [size(1), size(0)], like: self) }
        let factors = dtype == .float64 ? Tensor(inverses) : Tensor(inverses.map { Float($0) })
        return parts.vTransposed.matrixProduct(parts.u * factors, transposesSelf: true, transposesOther: true)
    }
}
