import Tensors

/// The task vectors τₜ = θₜ − θ₀ of one matrix, converted to binary64 one by one as they are asked for.
struct TaskMatrices {
    private let stretch: Stretch
    private let pretrained: UnsafeBufferPointer<Float>
    /// What each task vector is multiplied by; nil for nothing.
    private let weights: [Double]?

    /// Nil if the stretch is no whole matrix with a pretrained one.
    init?(_ stretch: Stretch, weights: [Double]? = nil) {
        guard let pretrained = stretch.pretrained, stretch.shape.rank == 2, stretch.count == stretch.shape.elementCount
        else { return nil }
        self.stretch = stretch
        self.pretrained = pretrained
        self.weights = weights
    }

    /// The number of the parameter.
    var parameter: Int { stretch.parameter }
    /// The name of the parameter.
    var name: String { stretch.name }
    /// The number of tasks, T.
    var count: Int { stretch.models.count }
    /// m of the matrices `[m, n]`.
    var rows: Int { stretch.shape.dimensions[0] }
    /// n of the matrices `[m, n]`.
    var columns: Int { stretch.shape.dimensions[1] }
    /// The number of singular values of a matrix.
    var rank: Int { min(rows, columns) }

    /// τₜ, `[m, n]` in `float64`; the difference itself is rounded to binary32, as task vectors are.
    ///
    /// - Throws: `TensorError` if there is no memory.
    func vector(_ task: Int) throws -> Tensor {
        let vector = try singleVector(task).converted(to: .float64)
        return weights.map { vector.scaled(by: $0[task]) } ?? vector
    }

    /// τₜ in `float32`, without its weight.
    ///
    /// - Throws: `TensorError` if there is no memory.
    func singleVector(_ task: Int) throws -> Tensor {
        let difference = stretch.buffer(0)
        FloatArithmetic.subtract(pretrained, from: stretch.models[task], into: difference)
        return try Tensor(copying: UnsafeRawBufferPointer(difference), shape: stretch.shape, dtype: .float32)
    }

    /// θ₀, `[m, n]` in `float64`.
    ///
    /// - Throws: `TensorError` if there is no memory.
    func pretrainedMatrix() throws -> Tensor {
        try Tensor(copying: UnsafeRawBufferPointer(pretrained), shape: stretch.shape, dtype: .float32)
            .converted(to: .float64)
    }

    /// Στₜ, `[m, n]` in `float64`.
    ///
    /// - Throws: `TensorError` if there is no memory.
    func sum() throws -> Tensor {
        var sum = Tensor.zeros(stretch.shape, dtype: .float64)
        for task in 0..<count { sum.accumulate(try vector(task)) }
        return sum
    }
}
