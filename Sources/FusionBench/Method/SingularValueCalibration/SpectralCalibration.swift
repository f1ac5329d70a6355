import Tensors

/// Scales the singular values of a merged task vector by how much each of its directions counts what tasks share.
///
/// "When shared knowledge hurts: spectral over-accumulation in model merging" (2026, arXiv 2602.05536), singular value
/// calibration.
struct SpectralCalibration: Sendable {
    /// The least coefficient that counts.
    let alpha: Double

    /// Squared norms of a task's response below this count as this.
    private static let leastSquare = 1e-12

    /// U·diag(γ)·Uᵀ·merged with the left singular vectors of the merged task vector.
    ///
    /// With the responses a = uᵣᵀ·merged and b = uᵣᵀ·τₜ of direction r, γᵣ = T / Σₜ max(alpha, ⟨a, b⟩/‖b‖²).
    ///
    /// - Throws: `LinearAlgebraError`, or `TensorError` if there is no memory.
    func calibrated(_ merged: Tensor, by vectors: TaskMatrices) throws -> Tensor {
        let left = try merged.leadingSingularVectors().left
        let responses = left.matrixProduct(merged)
        var sums = [Double](repeating: 0, count: left.size(0))
        for task in 0..<vectors.count {
            let own = left.matrixProduct(try vectors.vector(task))
            let products = (responses * own).sum(over: 1).array(of: Double.self)
            let squares = (own * own).sum(over: 1).array(of: Double.self)
            for (index, product) in products.enumerated() {
                sums[index] += max(alpha, product / max(squares[index], Self.leastSquare))
            }
        }
        let factors = sums.map { $0 > 0 ? Double(vectors.count) / $0 : 0 }
        return left.matrixProduct(responses.scalingRows(by: factors), transposesSelf: true)
    }

    /// The bytes that it holds for a matrix beside the values of the models, roughly.
    func workspaceByteCount(rows: Int, columns: Int) -> Int {
        let rank = min(rows, columns)
        // The merged task vector and a task's, its left vectors, and the responses to them.
        return WholeTensorMemory.matrices(2, rows, columns)
            + max(
                WholeTensorMemory.singularVectors(rows, columns, rank),
                WholeTensorMemory.matrices(1, rank, rows) + WholeTensorMemory.matrices(3, rank, columns))
    }

    /// The floating-point operations for a matrix `[rows, columns]`, roughly.
    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let rank = min(rows, columns)
        return SpectralCost.singularVectors(rows, columns, rank)
            + Double(models + 2) * SpectralCost.product(rows, columns, rank)
    }
}

/// Another merger's result with calibrated matrices.
///
/// Its tensors are those of the other merger, the pretrained one, and those of the tasks.
struct CalibratedMerger: ParameterMerger {
    /// What is calibrated.
    let base: any ParameterMerger
    /// For each parameter, the other merger's input; nil where its values are the first tensor's.
    let inputs: [MergeInput?]
    let calibration: SpectralCalibration

    var granularity: Granularity { .tensors }

    /// How many of the tensors are those of the other merger.
    private func ownCount(_ parameter: Int) -> Int { inputs[parameter]?.models.count ?? 1 }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws {
        let count = ownCount(stretch.parameter)
        if let input = inputs[stretch.parameter] {
            let own = Stretch(
                parameter: input.number, name: stretch.name, shape: stretch.shape, range: stretch.range,
                pretrained: stretch.pretrained, models: Array(stretch.models[..<count]), scratch: stretch.scratch)
            try base.merge(own, into: merged)
        } else {
            FloatArithmetic.scale(stretch.models[0], by: 1, into: merged)
        }
        guard stretch.models.count > count else { return }
        let tasks = Stretch(
            parameter: stretch.parameter, name: stretch.name, shape: stretch.shape, range: stretch.range,
            pretrained: stretch.models[count], models: Array(stretch.models[(count + 1)...]), scratch: stretch.scratch)
        guard let vectors = TaskMatrices(tasks) else { return }
        let theta = stretch.models[count]
        let delta = stretch.buffer(0)
        FloatArithmetic.subtract(theta, from: UnsafeBufferPointer(merged), into: delta)
        let matrix = try Tensor(copying: UnsafeRawBufferPointer(delta), shape: stretch.shape, dtype: .float32)
        try calibration.calibrated(matrix.converted(to: .float64), by: vectors).write(to: delta)
        FloatArithmetic.add(UnsafeBufferPointer(delta), weight: 1, to: theta, into: merged)
    }

    func operationCount(of input: MergeInput) -> Double {
        let own = inputs[input.number].map(base.operationCount) ?? 0
        let tasks = input.models.count - ownCount(input.number) - 1
        guard tasks > 0 else { return own }
        return own
            + calibration.operationCount(
                rows: input.shape.dimensions[0], columns: input.shape.dimensions[1], models: tasks)
    }
}
