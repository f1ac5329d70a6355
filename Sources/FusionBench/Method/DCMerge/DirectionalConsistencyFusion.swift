import Tensors

/// U·M·Vᵀ, where U and V are the polar factors of all tasks' main singular vectors, and M is merged of the tasks' coordinates in
/// these: their largest entries, of which those are averaged whose sign is that of the sum, as far as they lie in the block of
/// one task.
struct DirectionalConsistencyFusion: MatrixFusion {
    /// What becomes of the singular values of a task, whose sum stays.
    enum Smoothing: String, CaseIterable, Sendable {
        /// Nothing.
        case none
        /// All become their mean.
        case average = "avg"
        /// They fall evenly, from the first to the last.
        case linear
    }

    let smoothing: Smoothing
    /// How many times the last singular value the first one is, at most, when they fall evenly.
    let rho: Double
    /// How many directions each task has; nil for its share of the rank.
    let rankPerTask: Int?
    /// The share of the entries of a task's coordinates that is kept.
    let density: Double

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let each = directionCount(rank: vectors.rank, tasks: vectors.count)
        let parts = try (0..<vectors.count).map { try vectors.vector($0).leadingSingularVectors(each) }
        let stack = StackedSingularVectors(parts)
        let size = stack.values.count
        guard size > 0 else { return Tensor.zeros([vectors.rows, vectors.columns], dtype: .float64) }
        let (left, right) = try StackedSingularVectors.Orthogonalized(stack).factors
        let side = rankPerTask == nil ? vectors.rank : each * vectors.count
        let kept = max(1, Int(density * Double(side * side)))
        let coordinates = parts.map { part in
            let inside = part.right.matrixProduct(right, transposesOther: true).scalingRows(by: smoothed(part.values))
            let all = left.matrixProduct(part.left, transposesOther: true).matrixProduct(inside)
            return Self.keepingLargest(kept, all.array(of: Double.self))
        }
        let merged = Self.merged(coordinates, blocks: stack.ranges, size: size)
        return left.matrixProduct(Tensor(merged).reshaped([size, size]).matrixProduct(right), transposesSelf: true)
    }

    /// How many directions each task has.
    private func directionCount(rank: Int, tasks: Int) -> Int {
        let share = OrthogonalizedTaskSingularVectors.share(rank: rank, tasks: tasks)
        return rankPerTask.map { min($0, share) } ?? share
    }

    /// Singular values of one task, the largest first, with the same sum.
    func smoothed(_ values: [Double]) -> [Double] {
        guard let first = values.first, let last = values.last, smoothing != .none else { return values }
        let sum = values.reduce(0, +)
        let ratio = smoothing == .linear ? min(rho, first / last) : 1
        let steps = Double(max(1, values.count - 1))
        let weights = values.indices.map { ratio + (1 - ratio) * Double($0) / steps }
        let whole = weights.reduce(0, +)
        return weights.map { sum * $0 / whole }
    }

    /// The entries of the largest magnitudes; all of those that equal the least of them.
    static func keepingLargest(_ count: Int, _ entries: [Double]) -> [Double] {
        guard count < entries.count else { return entries }
        let least = magnitude(ofRank: count, in: entries.map(abs))
        return entries.map { abs($0) >= least ? $0 : 0 }
    }

    /// The magnitude that so many are not smaller than, found without sorting all of them.
    private static func magnitude(ofRank rank: Int, in magnitudes: [Double]) -> Double {
        var (candidates, rank) = (magnitudes, rank)
        while !candidates.isEmpty {
            let pivot = candidates[candidates.count / 2]
            let larger = candidates.filter { $0 > pivot }
            if rank <= larger.count {
                candidates = larger
                continue
            }
            let smaller = candidates.filter { $0 < pivot }
            if rank <= candidates.count - smaller.count { return pivot }
            rank -= candidates.count - smaller.count
            candidates = smaller
        }
        return 0
    }

    /// In each task's block, the mean of all tasks' entries with the sign of their sum; 0 elsewhere.
    static func merged(_ tasks: [[Double]], blocks: [Range<Int>], size: Int) -> [Double] {
        var merged = [Double](repeating: 0, count: size * size)
        for block in blocks {
            for row in block {
                for place in block.lowerBound + row * size..<block.upperBound + row * size {
                    let sum = tasks.reduce(0) { $0 + $1[place] }
                    let elected = tasks.lazy.map { $0[place] }.filter { $0 * sum > 0 }
                    let count = elected.reduce(0) { number, _ in number + 1 }
                    if count > 0 { merged[place] = elected.reduce(0, +) / Double(count) }
                }
            }
        }
        return merged
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let each = directionCount(rank: min(rows, columns), tasks: models)
        let size = each * models
        return Double(models) * SpectralCost.singularVectors(rows, columns, each)
            + StackedSingularVectors.operationCount(rows, columns, size)
            + Double(models) * SpectralCost.product(size, size, rows + columns)
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        let each = directionCount(rank: min(rows, columns), tasks: models)
        let size = each * models
        let decomposing =
            WholeTensorMemory.matrices(1, rows, columns) + WholeTensorMemory.singularVectors(rows, columns, each)
        let vectors = WholeTensorMemory.matrices(1, size, rows + columns)
        // The vectors as they are and made orthogonal, and the coordinates of each task while one is cut.
        let coordinates = WholeTensorMemory.matrices(models + 3, size, size)
        return vectors + max(decomposing, vectors + max(WholeTensorMemory.eigenvectors(size, size), coordinates))
    }
}
