import Checkpoints
import Tensors

/// The task vectors of one matrix, as adapters have them where all are thin: τₜ = Bₜ·Aₜ.
///
/// Adapters are not rounded to the type of the base then, and no matrix is decomposed that has more rows than all of them
/// have ranks together.
struct TaskFactors {
    private let rows: Int
    private let columns: Int
    private let tasks: Int
    /// Nil if a model has no adapter here.
    private let deltas: [LowRankDelta]?

    init(_ input: MergeInput) {
        rows = input.shape.dimensions[0]
        columns = input.shape.dimensions[1]
        tasks = input.models.count
        let deltas = input.models.compactMap { model in input.pretrained.flatMap(model.lowRankDelta) }
        self.deltas = deltas.count == tasks ? deltas : nil
    }

    /// The ranks of all adapters together.
    private var rankSum: Int? { deltas?.reduce(0) { $0 + $1.rank } }

    /// How many directions there can be at most.
    var rankLimit: Int { min(rows, tasks * columns, rankSum ?? .max) }

    /// The floating-point operations of an alignment, roughly.
    var operationCount: Double {
        let width = tasks * columns
        guard let sum = rankSum, sum <= rows else {
            return SpectralCost.singularVectors(rows, width, min(rows, width))
        }
        return SpectralCost.product(rows, sum, 2 * sum) + SpectralCost.product(sum, width, sum)
            + SpectralCost.singularVectors(sum, width, sum) + SpectralCost.product(rows, sum, sum)
    }

    /// The bytes that an alignment holds at once, roughly.
    var byteCount: Int {
        let width = tasks * columns
        guard let sum = rankSum, sum <= rows else {
            let rank = min(rows, width)
            // All task vectors side by side, of which each was there by itself before; then the right vectors, these times
            // their values, and what is sent away, which grows as it is gathered.
            return WholeTensorMemory.values([rows, columns], inputs: tasks + 1)
                + WholeTensorMemory.matrices(1, rows, width)
                + max(
                    WholeTensorMemory.matrices(1, rows, width),
                    WholeTensorMemory.singularVectors(rows, width, rank),
                    WholeTensorMemory.matrices(2, rank, width) + WholeTensorMemory.singleMatrices(3, rank, width))
        }
        return WholeTensorMemory.matrices(4, rows, sum) + WholeTensorMemory.matrices(4, sum, width)
            + WholeTensorMemory.eigenvectors(sum, sum)
    }

    /// Uᵀ and Σ·Vₜᵀ of each task, one after another.
    ///
    /// With [B₁ … B_T] = Q·[R₁ … R_T], the left singular vectors are Q times those of [R₁·A₁ … R_T·A_T].
    ///
    /// - Parameter limit: Singular values up to this are left out.
    /// - Returns: Nil if there are models without an adapter, or adapters of too high ranks, or with elements that are not
    ///   finite.
    /// - Throws: `LinearAlgebraError`, or an error of reading.
    func aligned(above limit: Double) throws -> [Float]? {
        guard let deltas, let sum = rankSum, sum <= rows else { return nil }
        let factors = try deltas.map { try $0.factors() }
        guard factors.allSatisfy({ $0.left.isFinite && $0.right.isFinite }) else { return nil }
        let parts = try Tensor.concatenated(factors.map(\.left), along: 1).qrDecomposition()
        var start = 0
        let products = factors.map { factor in
            defer { start += factor.right.size(0) }
            return parts.r.slice(along: 1, start..<start + factor.right.size(0)).matrixProduct(factor.right)
        }
        return try Tensor.concatenated(products, along: 1).leadingSingularVectors(above: limit)
            .alignedValues(tasks: tasks, in: parts.q)
    }
}

extension Tensor {
    /// Whether all elements of `float64` are finite.
    fileprivate var isFinite: Bool { array(of: Double.self).allSatisfy(\.isFinite) }
}
