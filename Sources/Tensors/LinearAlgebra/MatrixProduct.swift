internal import CBLAS

/// A matrix in memory, row by row.
public struct MatrixView<Scalar: BitwiseCopyable> {
    /// Its numbers; row `r` starts at `r · rowStride`.
    public let elements: UnsafePointer<Scalar>
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// From one row to the next; the number of columns unless it is a part of a wider matrix.
    public let rowStride: Int
    /// Whether it stands for its transpose in a product.
    public var isTransposed = false

    /// A matrix `[rows, columns]`.
    public init(_ elements: UnsafePointer<Scalar>, rows: Int, columns: Int, rowStride: Int? = nil) {
        precondition(rowStride.map { $0 >= columns } ?? true, "Rows must not overlap")
        self.elements = elements
        self.rowStride = rowStride ?? columns
        self.rows = rows
        self.columns = columns
    }

    /// The transpose, of which nothing is moved.
    public var transposed: MatrixView {
        var view = self
        view.isTransposed.toggle()
        return view
    }

    var effectiveRows: Int { isTransposed ? columns : rows }
    var effectiveColumns: Int { isTransposed ? rows : columns }
    var operation: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
    /// What the library wants even of an empty matrix.
    var leadingDimension: Int32 { Int32(max(rowStride, 1)) }
}

/// Products of matrices.
public enum MatrixProduct {
    /// `result = scale · left · right + keep · result`.
    ///
    /// - Parameters:
    ///   - left: `[m, k]`.
    ///   - right: `[k, n]`.
    ///   - result: `[m, n]`, row by row.
    ///   - rowStride: From one row of the result to the next; n unless it is a part of a wider matrix.
    ///   - scale: A factor of the product.
    ///   - keep: A factor of what `result` holds; 0 for nothing, which may then be undefined.
    public static func multiply(
        _ left: MatrixView<Float>, _ right: MatrixView<Float>, into result: UnsafeMutablePointer<Float>,
        rowStride: Int? = nil, scale: Float = 1, keep: Float = 0
    ) {
        let (rows, columns, inner) = sizes(left, right)
        guard rows > 0, columns > 0 else { return }
        cblas_sgemm(
            CblasRowMajor, left.operation, right.operation, rows, columns, inner, scale, left.elements,
            left.leadingDimension, right.elements, right.leadingDimension, keep, result,
            rowStride.map(Int32.init) ?? columns)
    }

    /// `result = scale · left · right + keep · result`, with shapes as above.
    public static func multiply(
        _ left: MatrixView<Double>, _ right: MatrixView<Double>, into result: UnsafeMutablePointer<Double>,
        rowStride: Int? = nil, scale: Double = 1, keep: Double = 0
    ) {
        let (rows, columns, inner) = sizes(left, right)
        guard rows > 0, columns > 0 else { return }
        cblas_dgemm(
            CblasRowMajor, left.operation, right.operation, rows, columns, inner, scale, left.elements,
            left.leadingDimension, right.elements, right.leadingDimension, keep, result,
            rowStride.map(Int32.init) ?? columns)
    }

    /// `result = scale · matrix · vector + keep · result`.
    ///
    /// - Parameters:
    ///   - matrix: `[m, n]`.
    ///   - vector: `[n]`.
    ///   - result: `[m]`.
    ///   - scale: A factor of the product.
    ///   - keep: A factor of what `result` holds; 0 for nothing, which may then be undefined.
    public static func multiply(
        _ matrix: MatrixView<Float>, vector: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
        scale: Float = 1, keep: Float = 0
    ) {
        guard matrix.rows > 0, matrix.columns > 0 else { return }
        cblas_sgemv(
            CblasRowMajor, matrix.operation, Int32(matrix.rows), Int32(matrix.columns), scale, matrix.elements,
            matrix.leadingDimension, vector, 1, keep, result, 1)
    }

    /// `result = matrix · matrixᵀ`, of which only one half is computed; the other one is its mirror image.
    ///
    /// - Parameters:
    ///   - matrix: `[m, k]`.
    ///   - result: `[m, m]`, row by row.
    public static func multiplyByTranspose(_ matrix: MatrixView<Double>, into result: UnsafeMutablePointer<Double>) {
        let size = matrix.effectiveRows
        guard size > 0 else { return }
        cblas_dsyrk(
            CblasRowMajor, CblasLower, matrix.operation, Int32(size), Int32(matrix.effectiveColumns), 1,
            matrix.elements, matrix.leadingDimension, 0, result, Int32(size))
        // Square by square, so that what is read and what is written stay in the cache.
        let side = 64
        for top in stride(from: 0, to: size, by: side) {
            for left in stride(from: 0, through: top, by: side) {
                for row in top..<min(top + side, size) {
                    for column in left..<min(left + side, row) {
                        result[column * size + row] = result[row * size + column]
                    }
                }
            }
        }
    }

    private static func sizes<Scalar>(
        _ left: MatrixView<Scalar>, _ right: MatrixView<Scalar>
    ) -> (rows: Int32, columns: Int32, inner: Int32) {
        precondition(left.effectiveColumns == right.effectiveRows, "The inner sizes of a product must be equal")
        return (Int32(left.effectiveRows), Int32(right.effectiveColumns), Int32(left.effectiveColumns))
    }
}
