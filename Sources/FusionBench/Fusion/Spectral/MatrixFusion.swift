import Tensors

/// How a method makes one matrix of the task vectors of a matrix: by its spectrum, or by optimisation.
protocol MatrixFusion: Sendable {
    /// What is to be added to θ₀, before it is scaled: `[m, n]` in `float64`.
    ///
    /// - Throws: `LinearAlgebraError`, or `TensorError` if there is no memory.
    func merge(_ vectors: TaskMatrices) throws -> Tensor

    /// The floating-point operations that it takes, roughly: matrices are spread over ranks by them.
    ///
    /// - Parameters:
    ///   - rows: m.
    ///   - columns: n.
    ///   - models: The number of task vectors.
    /// - Returns: A number that grows as the time does.
    func operationCount(rows: Int, columns: Int, models: Int) -> Double

    /// The bytes that it holds at once beside the values of the models, roughly.
    ///
    /// - Parameters:
    ///   - rows: m.
    ///   - columns: n.
    ///   - models: The number of task vectors.
    /// - Returns: The bytes.
    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int
}

/// θ₀ + λ·(what a matrix fusion makes of the task vectors of matrices; the mean of the task vectors of everything else).
struct MatrixFusionMerger: ParameterMerger {
    /// The name of the method, for messages.
    let methodName: String
    let fusion: any MatrixFusion
    /// λ of each parameter.
    let scalingFactors: [Float]
    /// Matrices that are averaged, too.
    var excludedKeys: Set<String> = []
    /// What each task vector is multiplied by before; nil for nothing.
    var weights: [Double]?

    var granularity: Granularity { .tensors }

    /// Whether a parameter is handed to the matrix fusion.
    private func isFused(_ name: String, _ shape: Shape) -> Bool { shape.rank == 2 && !excludedKeys.contains(name) }

    func operationCount(of input: MergeInput) -> Double {
        guard isFused(input.key, input.shape) else { return 0 }
        return fusion.operationCount(
            rows: input.shape.dimensions[0], columns: input.shape.dimensions[1], models: input.models.count)
    }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws {
        guard let base = stretch.pretrained else { return }
        let delta = stretch.buffer(0)
        if isFused(stretch.name, stretch.shape), let vectors = TaskMatrices(stretch, weights: weights) {
            do {
                try fusion.merge(vectors).write(to: delta)
            } catch let error as LinearAlgebraError {
                throw FusionError.degenerate(method: methodName, tensor: stretch.name, reason: "\(error)")
            }
        } else {
            delta.update(repeating: 0)
            for (task, model) in stretch.models.enumerated() {
                FloatArithmetic.accumulateDifference(
                    model, base, weight: Float((weights?[task] ?? 1) / Double(stretch.models.count)), into: delta)
            }
        }
        FloatArithmetic.add(
            UnsafeBufferPointer(delta), weight: scalingFactors[stretch.parameter], to: base, into: merged)
    }
}

extension Tensor {
    /// Writes its elements, rounded to binary32, to a buffer of as many.
    ///
    /// - Throws: `TensorError` if its elements are no numbers.
    func write(to buffer: UnsafeMutableBufferPointer<Float>) throws {
        try converted(to: .float32).withBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
    }
}
