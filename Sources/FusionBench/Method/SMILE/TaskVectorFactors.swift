import Networks
import Tensors

/// The largest singular values of a task vector τ = U·Σ·Vᵀ `[m, n]` with their vectors, in `float32`.
///
/// Values that are 0 but for rounding have none.
struct TaskVectorFactors: Sendable {
    /// The largest first.
    private let values: [Float]
    /// `[k, m]`: a left vector in each row.
    private let left: Tensor
    /// `[k, n]`: a right vector in each row.
    private let right: Tensor

    /// The largest ones of a matrix.
    ///
    /// - Parameters:
    ///   - matrix: τ, `[m, n]` in `float64`.
    ///   - count: How many, at most.
    /// - Throws: `LinearAlgebraError`.
    init(of matrix: Tensor, count: Int) throws {
        let vectors = try matrix.leadingSingularVectors(count)
        values = vectors.values.map { Float($0) }
        left = try vectors.left.converted(to: .float32)
        right = try vectors.right.converted(to: .float32)
    }

    /// Takes the first ones out of the numbers of several.
    ///
    /// - Parameters:
    ///   - numbers: What `numbers` gave, one after another; what is taken goes.
    ///   - rows: m.
    ///   - columns: n.
    init(from numbers: inout ArraySlice<Float>, rows: Int, columns: Int) {
        let count = Int(numbers.removeFirst())
        func matrix(_ columns: Int) -> Tensor {
            defer { numbers = numbers.dropFirst(count * columns) }
            return Tensor([count, columns]) { _ = $0.update(fromContentsOf: numbers.prefix(count * columns)) }
        }
        values = matrix(1).array(of: Float.self)
        left = matrix(rows)
        right = matrix(columns)
    }

    /// All of it, for other ranks: how many there are, values, left and right vectors.
    var numbers: [Float] {
        [Float(values.count)] + values + left.array(of: Float.self) + right.array(of: Float.self)
    }

    /// Whether the task has left the matrix as it was.
    var isZero: Bool { values.isEmpty }

    /// The product of the first ones: the nearest matrix to τ of their rank, `[m, n]`.
    func approximation(rank: Int) -> Tensor {
        let kept = 0..<min(rank, values.count)
        guard !kept.isEmpty else { return Tensor.zeros([left.size(1), right.size(1)]) }
        return left[kept].matrixProduct(scaledRight(kept), transposesSelf: true)
    }

    /// What they make of a layer's task vector as an expert.
    ///
    /// - Parameters:
    ///   - gateRank: How many right vectors choose it.
    ///   - rank: The rank of the expert.
    ///   - bias: The task vector of the bias.
    /// - Returns: The expert.
    func expert(gateRank: Int, rank: Int, bias: Tensor?) -> LowRankExperts.Expert {
        let kept = 0..<min(rank, values.count)
        return LowRankExperts.Expert(
            gate: right[0..<min(gateRank, values.count)],
            a: scaledRight(kept), b: left[kept], bias: bias)
    }

    /// Right vectors times their values.
    private func scaledRight(_ range: Range<Int>) -> Tensor {
        right[range] * Tensor(Array(values[range])).reshaped([range.count, 1])
    }
}
