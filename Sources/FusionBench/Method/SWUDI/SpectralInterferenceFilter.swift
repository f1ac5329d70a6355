import Glibc
import Tensors

/// Moves a start towards the minimum of Σₜ ‖(m − τₜ)·τₜᵀ‖² / ‖τₜ‖², by a share of its own along each direction.
///
/// The loss has the gradient 2·(m·C − D), C = V·diag(λ)·Vᵀ. Along an eigenvector v, its minimum has the part D·v / λ. From m₀, the
/// merged matrix goes the share f(λ) of the way there:
/// m = m₀ + (D·V·diag(1/λ) − m₀·V)·diag(f)·Vᵀ. With f = 1 − exp(−λ·t) this is where the gradient flow dm/dt = D − m·C
/// is at the time t.
struct SpectralInterferenceFilter: MatrixFusion {
    /// m₀.
    enum Start: String, CaseIterable, Sendable {
        /// Στₜ.
        case sum
        /// The mean of all τₜ.
        case mean
        /// 0.
        case zero
    }

    /// f, in the directions that are used.
    enum Damping: Sendable, Equatable {
        /// 1 − exp(−λ·t).
        case exponential(time: Double)
        /// 1.
        case none

        fileprivate func share(_ value: Double) -> Double {
            switch self {
            case .exponential(let time): -expm1(-value * time)
            case .none: 1
            }
        }
    }

    let start: Start
    let damping: Damping
    let rank: SpectrumRank

    /// Smaller eigenvalues count as this.
    private static let leastEigenvalue = 1e-8

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let interference = try InterferenceGradient(vectors)
        let start = try place(vectors)
        guard interference.taskCount > 0 else { return start }
        let eigenvectors = try interference.curvature.leadingEigenvectors(neededCount(vectors.columns))
        let all = eigenvectors.values.map { max($0, Self.leastEigenvalue) }
        let count = isShare ? all.count : rank.count(all)
        let (values, basis) = (all.prefix(count), eigenvectors.rows[0..<count])
        var change = basis.matrixProduct(interference.target, transposesOther: true)
            .scalingRows(by: values.map { 1 / $0 })
        change.accumulate(basis.matrixProduct(start, transposesOther: true), weight: -1)
        change = change.scalingRows(by: values.map(damping.share))
        return start + change.matrixProduct(basis, transposesSelf: true)
    }

    private var isShare: Bool {
        if case .share = rank { true } else { false }
    }

    /// How many eigenvectors are computed: a rule must see all eigenvalues.
    private func neededCount(_ columns: Int) -> Int {
        isShare ? rank.count(Array(repeating: 1, count: columns)) : columns
    }

    /// m₀.
    private func place(_ vectors: TaskMatrices) throws -> Tensor {
        switch start {
        case .sum: try vectors.sum()
        case .mean: try vectors.sum().scaled(by: 1 / Double(vectors.count))
        case .zero: Tensor.zeros([vectors.rows, vectors.columns], dtype: .float64)
        }
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let count = neededCount(columns)
        return Double(models) * SpectralCost.product(columns, columns, rows)
            + SpectralCost.eigenvectors(columns, count) + 3 * SpectralCost.product(rows, columns, count)
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        let count = neededCount(columns)
        // The target, the start, a task vector and its product, and the curvature; then its eigenvectors and the change.
        return WholeTensorMemory.matrices(4, rows, columns) + WholeTensorMemory.matrices(1, columns, columns)
            + WholeTensorMemory.eigenvectors(columns, count) + WholeTensorMemory.matrices(2, count, rows)
    }
}
