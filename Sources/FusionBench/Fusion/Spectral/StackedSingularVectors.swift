import Tensors

/// Singular vectors of several matrices of one shape behind each other.
///
/// Those of one matrix are orthonormal, those of different ones are not.
struct StackedSingularVectors {
    /// All singular values, matrix by matrix.
    let values: [Double]
    /// For each matrix, which of them are its own.
    let ranges: [Range<Int>]
    /// `[k, m]`: all left vectors.
    private let left: Tensor
    /// `[k, n]`: all right vectors.
    private let right: Tensor

    init(_ parts: [LeadingSingularVectors]) {
        values = parts.flatMap(\.values)
        var ranges: [Range<Int>] = []
        for part in parts {
            let start = ranges.last?.upperBound ?? 0
            ranges.append(start..<start + part.count)
        }
        self.ranges = ranges
        left = Tensor.concatenated(parts.map(\.left))
        right = Tensor.concatenated(parts.map(\.right))
    }

    /// U·diag(values)·Vᵀ, `[m, n]`, with the polar factors U and V of the left and the right vectors.
    ///
    /// - Throws: `LinearAlgebraError`.
    func orthogonalized(values: [Double]) throws -> Tensor {
        try Orthogonalized(self).product(values)
    }

    /// What makes the vectors orthogonal, for several products with different values.
    struct Orthogonalized {
        private let stack: StackedSingularVectors
        private let leftPolar: PolarDecomposition
        private let rightPolar: PolarDecomposition

        init(_ stack: StackedSingularVectors) throws {
            self.stack = stack
            leftPolar = try stack.left.polarDecomposition()
            rightPolar = try stack.right.polarDecomposition()
        }

        /// U·diag(values)·Vᵀ.
        func product(_ values: [Double]) -> Tensor {
            guard leftPolar.side == .rows, rightPolar.side == .rows else {
                let right = rightPolar.orthogonalFactor(of: stack.right).scalingRows(by: values)
                return leftPolar.orthogonalFactor(of: stack.left).matrixProduct(right, transposesSelf: true)
            }
            // Between the vectors as they are stands one small matrix.
            let middle = leftPolar.inverseRoot.matrixProduct(rightPolar.inverseRoot.scalingRows(by: values))
            if stack.left.size(1) <= stack.right.size(1) {
                return stack.left.matrixProduct(middle, transposesSelf: true).matrixProduct(stack.right)
            }
            return stack.left.matrixProduct(middle.matrixProduct(stack.right), transposesSelf: true)
        }

        /// U `[k, m]` and V `[k, n]`, a vector in each row.
        var factors: (left: Tensor, right: Tensor) {
            (leftPolar.orthogonalFactor(of: stack.left), rightPolar.orthogonalFactor(of: stack.right))
        }
    }

    /// The operations of orthogonalising k vectors and multiplying them, of matrices `[m, n]`.
    static func operationCount(_ m: Int, _ n: Int, _ k: Int) -> Double {
        SpectralCost.polar(k, m) + SpectralCost.polar(k, n) + SpectralCost.product(k, k, k + min(m, n))
            + SpectralCost.product(m, n, k)
    }
}
