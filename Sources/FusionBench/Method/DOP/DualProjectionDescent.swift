import Tensors

/// Finds W by Adam, from the mean of two task vectors Wᵢ, on the weighted sum of ‖diag(s)·Uᵀ·(W − Wᵢ)‖² +
/// ‖(W − Wᵢ)·V·diag(s)‖² with the main singular vectors and values of each Wᵢ.
///
/// The weights are fixed, or those of the shortest combination of both gradients, each divided by its loss (multiple-gradient
/// descent; Sener and Koltun: "Multi-task learning as multi-objective optimization", 2018, arXiv 1810.04650).
struct DualProjectionDescent: MatrixFusion {
    /// Which sides count.
    enum Space: String, CaseIterable {
        case u
        case v
        case uv
    }

    let learningRate: Double
    let stepCount: Int
    /// Whether weights follow the gradients, and not `alpha`.
    let balancesLosses: Bool
    /// How much of the weights stays from step to step; nil for nothing.
    let smoothing: Double?
    /// The weight of the first loss; with smoothing, before the first step.
    let alpha: Double
    /// The share of the sum of singular values up to which directions are main ones.
    let energy: Double
    let space: Space

    /// The least weight of a loss, and one minus the largest.
    private static let leastWeight = 0.001

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let tasks = [try vectors.vector(0), try vectors.vector(1)]
        let start = (tasks[0] + tasks[1]).scaled(by: 0.5)
        let losses = try tasks.map { try ProjectedDistance(from: $0, energy: energy, space: space) }
        // Steps are counted from the mean, at which the gradients are computed in binary64.
        let slopes = try zip(tasks, losses).map { try FloatMatrix($1.gradient(at: start - $0)) }
        let offsets = try tasks.map { try FloatMatrix(start - $0) }
        let change = FloatMatrix(rows: vectors.rows, columns: vectors.columns)
        let gradients = tasks.map { _ in FloatMatrix(rows: vectors.rows, columns: vectors.columns) }
        var adam = MatrixAdam(like: change, learningRate: learningRate)
        var weight = alpha
        for _ in 0..<stepCount {
            for (index, loss) in losses.enumerated() {
                loss.gradient(at: change, plus: slopes[index], into: gradients[index])
            }
            if balancesLosses {
                let values = zip(gradients, offsets).map { Self.loss($0, at: change, offset: $1) }
                // Where both are the same, there is nothing to move.
                guard values[0] > 0, values[1] > 0 else { break }
                let balanced = Self.balancedWeight(gradients, values)
                weight = smoothing.map { $0 * weight + (1 - $0) * balanced } ?? balanced
            }
            FloatArithmetic.scale(gradients[0].elements, by: Float(weight))
            FloatArithmetic.accumulate(
                UnsafeBufferPointer(gradients[1].elements), weight: Float(1 - weight), into: gradients[0].elements)
            adam.step(change, gradient: gradients[0])
        }
        return start + (try change.tensor())
    }

    /// A quadratic form from its gradient: ⟨∇, W − Wᵢ⟩ / 2.
    private static func loss(_ gradient: FloatMatrix, at change: FloatMatrix, offset: FloatMatrix) -> Double {
        let slope = UnsafeBufferPointer(gradient.elements)
        return
            (FloatArithmetic.dotProduct(slope, UnsafeBufferPointer(change.elements))
            + FloatArithmetic.dotProduct(slope, UnsafeBufferPointer(offset.elements))) / 2
    }

    /// The weight of the first of two gradients, each divided by its loss, in their shortest combination.
    private static func balancedWeight(_ gradients: [FloatMatrix], _ losses: [Double]) -> Double {
        let (x, y) = (UnsafeBufferPointer(gradients[0].elements), UnsafeBufferPointer(gradients[1].elements))
        let first = FloatArithmetic.dotProduct(x, x) / (losses[0] * losses[0])
        let second = FloatArithmetic.dotProduct(y, y) / (losses[1] * losses[1])
        let both = FloatArithmetic.dotProduct(x, y) / (losses[0] * losses[1])
        if both >= first { return 1 - leastWeight }
        if both >= second { return leastWeight }
        return (second - both) / (first + second - 2 * both)
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let rank = min(rows, columns)
        let step = 2 * (SpectralCost.product(rows, columns, rank) + SpectralCost.product(rank, columns, rank))
        return Double(stepCount) * step + 2 * SpectralCost.singularVectors(rows, columns, rank)
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        let rank = min(rows, columns)
        // Both task vectors and their mean, the vectors of one while the other is decomposed; then what Adam has.
        return WholeTensorMemory.matrices(3, rows, columns) + WholeTensorMemory.singularVectors(rows, columns, rank)
            + WholeTensorMemory.matrices(3, rank, rows + columns) + WholeTensorMemory.singleMatrices(9, rows, columns)
    }
}

/// The distance from one task vector in its main directions, weighted by its singular values.
private struct ProjectedDistance {
    /// diag(s)·Uᵀ, `[k, m]`; nil if the left side does not count.
    private let left: Tensor?
    /// diag(s)·Vᵀ, `[k, n]`; nil if the right side does not count.
    private let right: Tensor?
    private let singleLeft: FloatMatrix?
    private let singleRight: FloatMatrix?

    init(from vector: Tensor, energy: Double, space: DualProjectionDescent.Space) throws {
        let parts = try vector.leadingSingularVectors()
        let limit = energy * parts.values.reduce(0, +)
        var sum = 0.0
        // As the reference counts: the value with which the share is reached is not among them.
        let count = parts.values.prefix {
            sum += $0
            return sum < limit
        }.count
        let main = parts[0..<count]
        left = space == .v ? nil : main.left.scalingRows(by: main.values)
        right = space == .u ? nil : main.right.scalingRows(by: main.values)
        singleLeft = try left.map(FloatMatrix.init)
        singleRight = try right.map(FloatMatrix.init)
    }

    /// The gradient at a difference W − Wᵢ.
    func gradient(at difference: Tensor) -> Tensor {
        var gradient = Tensor.zeros(difference.shape, dtype: .float64)
        if let left {
            gradient.accumulate(left.matrixProduct(left.matrixProduct(difference), transposesSelf: true), weight: 2)
        }
        if let right {
            gradient.accumulate(
                difference.matrixProduct(right, transposesOther: true).matrixProduct(right), weight: 2)
        }
        return gradient
    }

    /// The gradient at another place, from that at the start and the change since.
    func gradient(at change: FloatMatrix, plus slope: FloatMatrix, into gradient: FloatMatrix) {
        gradient.pointer.update(from: slope.pointer, count: slope.elements.count)
        if let singleLeft {
            let inner = FloatMatrix(rows: singleLeft.rows, columns: change.columns)
            MatrixProduct.multiply(singleLeft.view, change.view, into: inner.pointer)
            MatrixProduct.multiply(
                singleLeft.view.transposed, inner.view, into: gradient.pointer, scale: 2, keep: 1)
        }
        if let singleRight {
            let inner = FloatMatrix(rows: change.rows, columns: singleRight.rows)
            MatrixProduct.multiply(change.view, singleRight.view.transposed, into: inner.pointer)
            MatrixProduct.multiply(inner.view, singleRight.view, into: gradient.pointer, scale: 2, keep: 1)
        }
    }
}
