import Tensors

/// A part of the singular vectors of a pretrained matrix W₀ `[m, n]`, onto which task vectors are projected from both sides:
/// U·Uᵀ·τ·V·Vᵀ.
///
/// Tang et al.: "SMILE: zero-shot sparse mixture of low-rank experts construction from pre-trained foundation models" (2024,
/// arXiv 2408.10174), where I is the part of the largest singular values, II that of the others, and III what no singular
/// value belongs to.
struct PretrainedSubspace {
    /// All singular vectors of W₀.
    private let vectors: LeadingSingularVectors
    /// How many of them belong to part I.
    let lowCount: Int

    /// Divides the singular vectors of a matrix.
    ///
    /// - Parameters:
    ///   - matrix: W₀ in `float64`.
    ///   - count: How many singular values are in part I; negative for as many as add up to half of all.
    /// - Throws: `LinearAlgebraError`.
    init(of matrix: Tensor, count: Int) throws {
        vectors = try matrix.leadingSingularVectors()
        lowCount = count < 0 ? Self.half(vectors.values) : min(count, vectors.count)
    }

    /// The least number of values that add up to half of the sum.
    private static func half(_ values: [Double]) -> Int {
        let limit = values.reduce(0, +) / 2
        var sum = 0.0
        let before = values.prefix {
            sum += $0
            return sum < limit
        }
        return min(before.count + 1, values.count)
    }

    /// Which vectors a projection keeps.
    enum Part {
        /// Those of the largest singular values, part I.
        case low
        /// The others, part II.
        case high
        /// All that are orthogonal to part I: parts II and III.
        case highAndNull
    }

    /// The projection of a matrix `[m, n]`.
    func projection(of matrix: Tensor, onto part: Part) -> Tensor {
        switch part {
        case .low: return projection(of: matrix, 0..<lowCount)
        case .high: return projection(of: matrix, lowCount..<vectors.count)
        case .highAndNull:
            let low = vectors[0..<lowCount]
            var rest = matrix
            rest.accumulate(
                low.left.matrixProduct(low.left.matrixProduct(matrix), transposesSelf: true), weight: -1)
            let right = rest.matrixProduct(low.right, transposesOther: true)
            rest.accumulate(right.matrixProduct(low.right), weight: -1)
            return rest
        }
    }

    private func projection(of matrix: Tensor, _ range: Range<Int>) -> Tensor {
        let part = vectors[range]
        let coordinates = part.left.matrixProduct(matrix).matrixProduct(part.right, transposesOther: true)
        return part.left.matrixProduct(coordinates.matrixProduct(part.right), transposesSelf: true)
    }
}
