/// The orthogonal factor of a matrix `[m, n]`: U·Vᵀ of its singular value decomposition.
///
/// It has orthonormal rows or columns, and of all such matrices it is the nearest one. Of singular values that are 0 but for
/// rounding, whose vectors are not determined, it has no part.
///
/// Higham: "Computing the polar decomposition — with applications" (1986).
public struct PolarDecomposition: Sendable {
    /// `(A·Aᵀ)^(-1/2)` if A has no more rows than columns, otherwise `(Aᵀ·A)^(-1/2)`; symmetric.
    public let inverseRoot: Tensor
    /// All singular values of A, the largest first.
    public let singularValues: [Double]
    /// The vectors that the inverse root combines.
    public let side: Tensor.MatrixVectors

    /// The orthogonal factor.
    ///
    /// - Parameter matrix: The matrix that was decomposed.
    /// - Returns: `[m, n]`.
    public func orthogonalFactor(of matrix: Tensor) -> Tensor {
        side == .rows ? inverseRoot.matrixProduct(matrix) : matrix.matrixProduct(inverseRoot)
    }
}

extension Tensor {
    /// The polar decomposition of a matrix `[m, n]` of `float64`.
    ///
    /// By the eigendecomposition of the smaller Gram matrix if no singular value is below 3·10⁻⁵ of the largest one: the
    /// factor is then exact to about 10⁻⁷. Otherwise by LAPACK's `gesdd`.
    ///
    /// - Throws: `LinearAlgebraError`.
    public func polarDecomposition() throws(LinearAlgebraError) -> PolarDecomposition {
        guard dtype == .float64 else { throw .dtype(dtype) }
        let side = shorterSide
        let eigenvectors = try gramMatrix(of: side).leadingEigenvectors()
        let (largest, least) = (eigenvectors.values.first ?? 0, eigenvectors.values.last ?? 0)
        guard largest > 0 else {
            let size = eigenvectors.values.count
            return PolarDecomposition(
                inverseRoot: Tensor.zeros([size, size], dtype: dtype),
                singularValues: Array(repeating: 0, count: size), side: side)
        }
        guard least < largest * Self.leastGramShare else {
            let values = eigenvectors.values.map { $0.squareRoot() }
            return PolarDecomposition(
                inverseRoot: Self.inverseRoot(values, eigenvectors.rows), singularValues: values, side: side)
        }
        let vectors = try leadingSingularVectors()
        let missing = eigenvectors.values.count - vectors.count
        return PolarDecomposition(
            inverseRoot: Self.inverseRoot(vectors.values, side == .rows ? vectors.left : vectors.right),
            singularValues: vectors.values + Array(repeating: 0, count: missing), side: side)
    }

    /// Σ vᵢ·vᵢᵀ / valuesᵢ over the rows vᵢ.
    private static func inverseRoot(_ values: [Double], _ rows: Tensor) -> Tensor {
        rows.scalingRows(by: values.map { (1 / $0).squareRoot() }).gramMatrix(of: .columns)
    }
}
