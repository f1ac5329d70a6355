import Glibc
import Tensors

/// M = (Σ τ̃ₜ·Σ̂ₜ)·(Σ Σ̂ₜ + 1·cᵀ)⁻¹ with the estimated covariances Σ̂ₜ = τ̃ₜᵀ·τ̃ₜ + ε·I of task vectors less the mean of their
/// rows.
///
/// c, the mean of the rows of the covariances without ε, is what tasks have in common. Where the tasks' norms differ much,
/// covariances are divided by their traces first, and the main directions of the merged matrix and of what that changes are added
/// with one singular value.
struct CovarianceWeightedFusion: MatrixFusion {
    /// ε.
    let regularization: Double
    /// The share of all directions that is added where norms differ much.
    let refinedShare: Double

    /// Norms differ much if the variance of ln ‖τₜ‖², divided by the square of the mean, is above this.
    private static let largestVariation = 0.3
    /// Added to what is divided by, or what a logarithm is taken of.
    private static let tiny = 1e-12

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        var norms: [(task: Int, square: Double)] = []
        for task in 0..<vectors.count {
            let square = try vectors.vector(task).squaredNorm
            // A task that has changed nothing takes no part.
            if square > 0 { norms.append((task, square)) }
        }
        // One row has no mean apart from itself.
        guard !norms.isEmpty, vectors.rows > 1 else { return try vectors.sum().scaled(by: 1 / Double(vectors.count)) }
        let isVaried = Self.isVaried(norms.map(\.square))
        var statistics = TaskStatistics(like: vectors)
        for (task, _) in norms {
            try statistics.add(vectors.vector(task), regularization, isNormalized: isVaried)
        }
        let mean = norms.reduce(0) { $0 + $1.square } / Double(norms.count)
        var merged = try statistics.solution(commonScale: isVaried ? 1 / (mean + Self.tiny) : 1)
        if isVaried { merged = try refined(merged, statistics.residual(tasks: norms.count)) }
        return merged
    }

    /// Whether the variance of the logarithms of these squares is large beside their mean.
    static func isVaried(_ squares: [Double]) -> Bool {
        guard squares.count > 1 else { return false }
        let logarithms = squares.map { log($0 + tiny) }
        let mean = logarithms.reduce(0, +) / Double(logarithms.count)
        let variance = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logarithms.count - 1)
        return variance / (mean * mean + tiny) > largestVariation
    }

    /// The merged matrix, and σ̄·U·Vᵀ of the main directions of it and a residual, σ̄ being the mean of their singular values.
    private func refined(_ merged: Tensor, _ residual: Tensor) throws -> Tensor {
        let count = Int(Double(min(merged.size(0), merged.size(1))) * refinedShare)
        guard count > 0 else { return merged }
        let parts = try (residual + merged).leadingSingularVectors(count)
        let mean = parts.values.reduce(0, +) / Double(count)
        return merged + parts.left.matrixProduct(parts.right, transposesSelf: true, scale: mean)
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let task = SpectralCost.product(columns, columns, rows) / 2 + SpectralCost.product(rows, columns, columns)
        let solution =
            SpectralCost.product(columns, columns, columns) / 3 + SpectralCost.product(rows, columns, columns)
        return Double(models) * task + solution
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        // Three sums, a task vector, the same without the mean of its rows, and its product; then covariances, one of them,
        // the matrix of the equations and what becomes of it.
        WholeTensorMemory.matrices(6, rows, columns) + WholeTensorMemory.matrices(4, columns, columns)
            + WholeTensorMemory.singularVectors(rows, columns, Int(Double(min(rows, columns)) * refinedShare))
    }

    /// What is added up over the tasks.
    private struct TaskStatistics {
        /// Σ (Σ̂ₜ − εₜ·I), `[n, n]`.
        private var covariances: Tensor
        /// Σ εₜ.
        private var ridges = 0.0
        /// Σ τ̃ₜ·Σ̂ₜ, `[m, n]`.
        private var target: Tensor
        /// Σ τₜ·(Σ̂ₜ − εₜ·I), `[m, n]`.
        private var weighted: Tensor
        /// Σ τₜ.
        private var sum: Tensor

        init(like vectors: TaskMatrices) {
            covariances = Tensor.zeros([vectors.columns, vectors.columns], dtype: .float64)
            target = Tensor.zeros([vectors.rows, vectors.columns], dtype: .float64)
            weighted = target
            sum = target
        }

        mutating func add(_ vector: Tensor, _ regularization: Double, isNormalized: Bool) {
            let rowMean = vector.mean(over: 0, keepsDimension: true)
            let centered = vector - rowMean
            let trace = centered.squaredNorm
            // Rows that are all the same have no covariance.
            guard trace > 0 else { return }
            let scale = isNormalized ? 1 / (trace + tiny) : 1
            let covariance = centered.gramMatrix(of: .columns).scaled(by: scale)
            let product = centered.matrixProduct(covariance)
            covariances.accumulate(covariance)
            ridges += regularization * scale
            target.accumulate(product)
            target.accumulate(centered, weight: regularization * scale)
            guard isNormalized else { return }
            weighted.accumulate(product + rowMean.matrixProduct(covariance))
            sum.accumulate(vector)
        }

        /// The solution M of M·(Σ Σ̂ₜ + 1·cᵀ) = Σ τ̃ₜ·Σ̂ₜ.
        func solution(commonScale: Double) throws -> Tensor {
            guard ridges > 0 else { return target }
            let size = covariances.size(0)
            let common = covariances.mean(over: 0, keepsDimension: true).scaled(by: commonScale)
            let diagonal = Tensor([size, size]) { $0 % (size + 1) == 0 ? ridges : 0 }
            let matrix = covariances + common + diagonal
            // Both sides are transposed: the solver wants the unknown on the right.
            return try matrix.transposed().solve(target.transposed()).transposed()
        }

        /// Σ τₜ·(Σ̂ₜ − εₜ·I − mean Σ̂).
        func residual(tasks: Int) -> Tensor {
            var residual = weighted
            residual.accumulate(sum.matrixProduct(covariances), weight: -1 / Double(tasks))
            residual.accumulate(sum, weight: -ridges / Double(tasks))
            return residual
        }
    }
}

extension Tensor {
    /// The sum of the squares of all elements.
    fileprivate var squaredNorm: Double { (self * self).sum().number }
}
