import Tensors

/// M + τ·(I − U·Uᵀ + B·A), where U are the main right singular vectors of the merged task vector M, and B·A is of low rank.
///
/// B, from 0, and A minimise ‖τ·V₁ − M'·V₁‖² + ‖M·U − M'·U‖² by some steps of Adam, where M' is the result and V₁ are the main right
/// singular vectors of τ: along these, the result is to be as the new task vector, and along U as the old one. Both are of
/// inputs, so that nothing need be known of these.
struct NullSpaceFilter: Sendable {
    /// The number of directions U.
    let nullRank: Int
    /// The number of directions V₁.
    let taskRank: Int
    /// The rank of B·A; 0 for none.
    let residualRank: Int
    /// Whether the filter is I − U·Uᵀ, and not I.
    let filtersNullSpace: Bool
    let learningRate: Double
    let stepCount: Int

    /// The standard deviation of the elements of A before the first step.
    private static let startDeviation: Float = 0.02

    /// A before the first step, `[r, n]`.
    func start(columns: Int, _ random: RandomStream) -> FloatMatrix {
        let start = FloatMatrix(rows: residualRank, columns: columns)
        random.fillNormal(start.elements)
        FloatArithmetic.scale(start.elements, by: Self.startDeviation)
        return start
    }

    /// M', `[m, n]` in `float64`.
    ///
    /// - Parameters:
    ///   - merged: M.
    ///   - vector: τ.
    ///   - start: A before the first step; it is overwritten.
    /// - Returns: The merged task vector.
    /// - Throws: `LinearAlgebraError`, or `TensorError` if there is no memory.
    func merged(_ merged: Tensor, _ vector: Tensor, start: FloatMatrix) throws -> Tensor {
        let kept = try merged.leadingSingularVectors(nullRank).right
        var filtered = vector
        if filtersNullSpace {
            filtered.accumulate(vector.matrixProduct(kept, transposesOther: true).matrixProduct(kept), weight: -1)
        }
        var result = merged + filtered
        guard residualRank > 0, stepCount > 0 else { return result }
        let task = try vector.leadingSingularVectors(taskRank).right
        // What B·A has to make up for, along each direction.
        let missing = Tensor.concatenated([
            task.matrixProduct(vector - result, transposesOther: true),
            kept.matrixProduct(-filtered, transposesOther: true),
        ])
        let correction = ResidualDescent(
            vector: vector, directions: Tensor.concatenated([task, kept]), missing: missing)
        result.accumulate(
            vector.matrixProduct(
                try correction.minimized(from: start, learningRate: learningRate, stepCount: stepCount)))
        return result
    }

    /// The floating-point operations of a step with a matrix `[m, n]`, roughly.
    func operationCount(rows: Int, columns: Int) -> Double {
        let rank = min(rows, columns)
        let directions = min(nullRank, rank) + min(taskRank, rank)
        let step = SpectralCost.product(columns, columns + 4 * directions, residualRank)
        return 2 * SpectralCost.singularVectors(rows, columns, rank) + Double(stepCount) / 2 * step
            + 2 * SpectralCost.product(rows, columns, columns)
    }

    /// The bytes that one matrix needs besides its values, roughly.
    func workspaceByteCount(rows: Int, columns: Int) -> Int {
        let directions = nullRank + taskRank
        // Both task vectors, the filtered one and the result, while one is decomposed; τᵀ·τ, B·A and what Adam has.
        return WholeTensorMemory.matrices(4, rows, columns)
            + WholeTensorMemory.singularVectors(rows, columns, max(nullRank, taskRank))
            + WholeTensorMemory.matrices(2, columns, columns)
            + WholeTensorMemory.singleMatrices(8, residualRank + directions, columns)
    }
}

/// Minimises ‖Y − τ·B·A·Vᵀ‖² over B `[n, r]` and A `[r, n]`.
private struct ResidualDescent {
    /// τᵀ·τ, `[n, n]`.
    private let gram: Tensor
    /// τᵀ·Y, `[n, k]`.
    private let target: Tensor
    /// V, `[k, n]`.
    private let directions: Tensor

    /// - Parameters:
    ///   - vector: τ, `[m, n]`.
    ///   - directions: V, `[k, n]`.
    ///   - missing: Yᵀ, `[k, m]`.
    init(vector: Tensor, directions: Tensor, missing: Tensor) {
        gram = vector.gramMatrix(of: .columns)
        target = vector.matrixProduct(missing.transposed(), transposesSelf: true)
        self.directions = directions
    }

    /// B·A after some steps of Adam, from B = 0.
    func minimized(from start: FloatMatrix, learningRate: Double, stepCount: Int) throws -> Tensor {
        let (gram, target) = (try FloatMatrix(gram), try FloatMatrix(target))
        let directions = try FloatMatrix(directions)
        let (size, rank, count) = (start.columns, start.rows, directions.rows)
        let (a, b) = (start, FloatMatrix(rows: size, columns: rank))
        let (aSlope, bSlope) = (FloatMatrix(rows: rank, columns: size), FloatMatrix(rows: size, columns: rank))
        let inside = FloatMatrix(rows: rank, columns: count)
        let images = FloatMatrix(rows: size, columns: rank)
        let error = FloatMatrix(rows: size, columns: count)
        let pulled = FloatMatrix(rows: rank, columns: count)
        var (aAdam, bAdam) = (
            MatrixAdam(like: a, learningRate: learningRate), MatrixAdam(like: b, learningRate: learningRate)
        )
        for _ in 0..<stepCount {
            // τᵀ·(Y − τ·B·A·Vᵀ)
            MatrixProduct.multiply(a.view, directions.view.transposed, into: inside.pointer)
            MatrixProduct.multiply(gram.view, b.view, into: images.pointer)
            error.pointer.update(from: target.pointer, count: error.elements.count)
            MatrixProduct.multiply(images.view, inside.view, into: error.pointer, scale: -1, keep: 1)
            MatrixProduct.multiply(error.view, inside.view.transposed, into: bSlope.pointer, scale: -2)
            MatrixProduct.multiply(b.view.transposed, error.view, into: pulled.pointer)
            MatrixProduct.multiply(pulled.view, directions.view, into: aSlope.pointer, scale: -2)
            aAdam.step(a, gradient: aSlope)
            bAdam.step(b, gradient: bSlope)
        }
        return try b.tensor().matrixProduct(a.tensor())
    }
}
