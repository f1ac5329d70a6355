import Tensors

/// Finds Δ of one matrix by Adam on Σⱼ ‖rowsum(τⱼ ⊙ (τⱼ − Σλₜτₜ − ΣλₜΔ))‖², its gradient projected onto the complement of the
/// subspace that the tasks share.
struct ProjectiveDescent: MatrixFusion {
    let subspace: Int
    /// For each task, the bits of the least magnitude that is kept.
    let thresholds: [UInt32]
    let scalingFactor: Double

    private static let stepCount = 400
    private static let learningRate = 1e-4

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let shared = try sharedSubspace(vectors)
        var weights: [Double] = []
        let tasks = TaskRows(rows: vectors.rows, columns: vectors.columns, tasks: vectors.count)
        var sum = Tensor.zeros([vectors.rows, vectors.columns], dtype: .float64)
        for task in 0..<vectors.count {
            let vector = try vectors.vector(task)
            let norm = (vector * vector).sum().number.squareRoot()
            // A task that has changed nothing has nothing to add.
            weights.append(norm > 0 ? scalingFactor / norm : 0)
            sum.accumulate(vector, weight: weights[task])
            tasks.set(try vectors.singleVector(task), task)
        }
        let change = try change(tasks, sum: sum, weight: weights.reduce(0, +), shared)
        return try masked(vectors, weights, change.tensor())
    }

    /// Q, orthonormal vectors in its rows: the largest left singular vectors of the tasks' largest left singular vectors.
    private func sharedSubspace(_ vectors: TaskMatrices) throws -> FloatMatrix {
        let share = vectors.rank / vectors.count
        let stack = Tensor.concatenated(
            try (0..<vectors.count).map { try vectors.vector($0).leadingSingularVectors(share).left })
        return try FloatMatrix(stack.leadingSingularVectors(vectors.rank / subspace).right)
    }

    private func change(_ tasks: TaskRows, sum: Tensor, weight: Double, _ shared: FloatMatrix) throws -> FloatMatrix {
        let (rows, columns) = (tasks.rows, tasks.columns)
        let change = FloatMatrix(rows: rows, columns: columns)
        let gradient = FloatMatrix(rows: rows, columns: columns)
        let coordinates = FloatMatrix(rows: shared.rows, columns: columns)
        let start = try FloatMatrix(sum)
        let remainders = tasks.remainders(of: start)
        var adam = MatrixAdam(like: change, learningRate: Self.learningRate)
        for _ in 0..<Self.stepCount {
            tasks.gradient(at: change, weight: Float(weight), remainders, into: gradient)
            MatrixProduct.multiply(shared.view, gradient.view, into: coordinates.pointer)
            MatrixProduct.multiply(
                shared.view.transposed, coordinates.view, into: gradient.pointer, scale: -1, keep: 1)
            adam.step(change, gradient: gradient)
        }
        return change
    }

    /// Σ λₜ·(τₜ + Δ)·maskₜ.
    private func masked(_ vectors: TaskMatrices, _ weights: [Double], _ change: Tensor) throws -> Tensor {
        let result = FloatMatrix(rows: vectors.rows, columns: vectors.columns)
        let change = try FloatMatrix(change)
        for task in 0..<vectors.count {
            let (vector, weight) = (try FloatMatrix(vectors.singleVector(task)), Float(weights[task]))
            for index in result.elements.indices
            where vector.elements[index].magnitude.bitPattern >= thresholds[task] {
                result.elements[index] += weight * (vector.elements[index] + change.elements[index])
            }
        }
        return try result.tensor()
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let rank = min(rows, columns)
        let step = SpectralCost.product(rows, columns, rank / max(1, subspace)) + 16 * Double(models * rows * columns)
        return Double(models) * SpectralCost.singularVectors(rows, columns, rank / max(1, models))
            + SpectralCost.singularVectors(rank, rows, rank / max(1, subspace)) + Double(Self.stepCount) * step
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        let share = min(rows, columns) / max(1, models)
        let decomposing =
            WholeTensorMemory.matrices(1, rows, columns)
            + WholeTensorMemory.singularVectors(rows, columns, share)
        // All task vectors in binary32, their sum, and what Adam has.
        let descending =
            WholeTensorMemory.singleMatrices(models + 6, rows, columns)
            + WholeTensorMemory.matrices(2, rows, columns)
        return max(decomposing + WholeTensorMemory.matrices(1, share * models, rows), descending)
    }
}

/// The task vectors of a matrix, row by row: row r of all tasks, then row r + 1.
///
/// Each row of Δ meets the same row of each task only, and these are then in the cache together.
private struct TaskRows {
    let rows: Int
    let columns: Int
    private let tasks: Int
    /// `[rows · tasks, columns]`.
    private let elements: FloatMatrix

    init(rows: Int, columns: Int, tasks: Int) {
        self.rows = rows
        self.columns = columns
        self.tasks = tasks
        elements = FloatMatrix(rows: rows * tasks, columns: columns)
    }

    /// Takes over τₜ, `[rows, columns]` in `float32`.
    func set(_ vector: Tensor, _ task: Int) {
        vector.withBytes { bytes in
            let source = bytes.assumingMemoryBound(to: Float.self)
            for row in 0..<rows {
                guard let start = source.baseAddress else { return }
                self.row(row, task).update(from: start + row * columns, count: columns)
            }
        }
    }

    private func row(_ row: Int, _ task: Int) -> UnsafeMutablePointer<Float> {
        elements.pointer + (row * tasks + task) * columns
    }

    /// The same row of all tasks: `[tasks, columns]`.
    private func block(_ row: Int) -> MatrixView<Float> {
        MatrixView(UnsafePointer(self.row(row, 0)), rows: tasks, columns: columns)
    }

    /// Σ over each row of τⱼ ⊙ (τⱼ − start), for each row all tasks.
    func remainders(of start: FloatMatrix) -> [Float] {
        (0..<rows).flatMap { row in
            let other = UnsafeBufferPointer(start: start.pointer + row * columns, count: columns)
            return (0..<tasks).map { task in
                let own = UnsafeBufferPointer(start: self.row(row, task), count: columns)
                return Float(FloatArithmetic.dotProduct(own, own) - FloatArithmetic.dotProduct(own, other))
            }
        }
    }

    /// −2·weight·Σⱼ eⱼ·τⱼ in each row, with eⱼ = remainderⱼ − weight·⟨τⱼ, Δ⟩.
    func gradient(at change: FloatMatrix, weight: Float, _ remainders: [Float], into gradient: FloatMatrix) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, tasks)) { errors in
            guard let errors = errors.baseAddress else { return }
            for row in 0..<rows {
                let (block, start) = (block(row), row * columns)
                for task in 0..<tasks { errors[task] = remainders[row * tasks + task] }
                MatrixProduct.multiply(
                    block, vector: change.pointer + start, into: errors, scale: -weight, keep: 1)
                MatrixProduct.multiply(
                    block.transposed, vector: errors, into: gradient.pointer + start, scale: -2 * weight, keep: 0)
            }
        }
    }
}
