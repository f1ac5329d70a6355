/// The largest singular values of a matrix `[m, n]`, with a vector of each side for each.
///
/// Values that are 0 but for rounding are left out: their vectors are not determined.
public struct LeadingSingularVectors: Sendable {
    /// The largest first; all positive.
    public let values: [Double]
    /// `[k, m]`: an orthonormal left vector in each row, whose largest element by magnitude is positive.
    public let left: Tensor
    /// `[k, n]`: the right vectors.
    public let right: Tensor

    /// How many there are.
    public var count: Int { values.count }

    /// Some of them.
    public subscript(range: Range<Int>) -> LeadingSingularVectors {
        LeadingSingularVectors(values: Array(values[range]), left: left[range], right: right[range])
    }

    /// Σ valuesᵢ · leftᵢ · rightᵢᵀ: `[m, n]`.
    public var product: Tensor { left.matrixProduct(right.scalingRows(by: values), transposesSelf: true) }
}

extension Tensor {
    /// The share of the largest eigenvalue of a Gram matrix below which others are too inexact to be used.
    ///
    /// Rounding leaves an error of about 10⁻¹⁶ of the largest one in each, so that what they are used for is exact to 10⁻⁷.
    static let leastGramShare = 1e-9

    /// The largest singular values of a matrix `[m, n]` of `float64`, and their vectors.
    ///
    /// Computed from the eigenvectors of the smaller Gram matrix, at a fraction of the cost of a full decomposition: vectors
    /// of values down to 3·10⁻⁵ of the largest one are exact to about 10⁻⁷ (relative to the distance to the next value).
    /// Where smaller ones are wanted, by LAPACK's `gesdd`.
    ///
    /// - Parameters:
    ///   - count: How many, at most.
    ///   - limit: Values up to this are left out; at least what rounding makes of 0.
    /// - Returns: As many, or all above the limit.
    /// - Throws: `LinearAlgebraError`.
    public func leadingSingularVectors(
        _ count: Int = .max, above limit: Double = 0
    ) throws(LinearAlgebraError) -> LeadingSingularVectors {
        guard dtype == .float64 else { throw .dtype(dtype) }
        let (rows, columns) = try LAPACKCall.sizes(of: self)
        let count = max(0, min(count, Int(min(rows, columns))))
        let side = shorterSide
        let all = try gramMatrix(of: side).leadingEigenvectors(count)
        // Above a limit of 0 are those, too, that only a full decomposition tells from 0.
        let kept = limit > 0 ? all.values.prefix { $0 > limit * limit }.count : all.values.count
        let eigenvectors = kept < all.values.count ? all.prefix(kept) : all
        guard let largest = eigenvectors.values.first, let least = eigenvectors.values.last, largest > 0 else {
            return LeadingSingularVectors(
                values: [], left: Tensor.zeros([0, size(0)], dtype: dtype),
                right: Tensor.zeros([0, size(1)], dtype: dtype))
        }
        guard least >= largest * Self.leastGramShare else { return try decomposedSingularVectors(count, above: limit) }
        let values = eigenvectors.values.map { $0.squareRoot() }
        let known = eigenvectors.rows
        let other = known.scalingRows(by: values.map { 1 / $0 }).matrixProduct(
            self, transposesOther: side == .columns)
        guard side == .columns else { return LeadingSingularVectors(values: values, left: known, right: other) }
        return LeadingSingularVectors(values: values, left: other, right: known).withStandardSigns
    }

    /// The same by a full decomposition.
    private func decomposedSingularVectors(
        _ count: Int, above least: Double
    ) throws(LinearAlgebraError) -> LeadingSingularVectors {
        let parts = try singularValueDecomposition()
        let all = parts.singularValues.array(of: Double.self)
        let limit = max(least, (all.first ?? 0) * Double(max(size(0), size(1))) * Double.ulpOfOne)
        let kept = min(count, all.prefix { $0 > limit }.count)
        return LeadingSingularVectors(
            values: Array(all[..<kept]), left: parts.u.transposed()[0..<kept], right: parts.vTransposed[0..<kept])
    }
}

extension LeadingSingularVectors {
    /// The same with signs by the left vectors.
    fileprivate var withStandardSigns: LeadingSingularVectors {
        let left = MatrixCopy<Double>(borrowing: left)
        let signs = (0..<count).map { left.rowIsNegative($0) ? -1.0 : 1.0 }
        return LeadingSingularVectors(
            values: values, left: self.left.scalingRows(by: signs), right: right.scalingRows(by: signs))
    }
}
