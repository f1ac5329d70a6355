import Configuration
import Tensors

/// Keeps the largest singular vectors of each task, and makes those of all tasks orthogonal to each other before they are
/// added up.
///
/// Gargiulo et al.: "Task singular vectors: reducing task interference in model merging" (2025, arXiv 2412.00081), TSV-M.
struct TaskSingularVectorMerging: DataFreeFusionMethod {
    /// What task vectors, or the result, are multiplied by.
    let scale: TaskScale
    /// Names of matrices that are averaged only.
    let excludedKeys: Set<String>
    /// Whether there is also a model for each task, of its part of the result.
    let returnsTaskModels: Bool

    var methodName: String { "TSV-M" }

    func problems(with models: AlignedModels) -> [String] {
        guard case .each(let factors) = scale, factors.count != models.models.count else { return [] }
        return [
            "\(FusionError.entryCount(method: methodName, key: "alpha", expected: models.models.count, found: factors.count))"
        ]
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        WholeTensorMemory.byteCount(of: parameter.input, by: OrthogonalizedTaskSingularVectors(task: nil))
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let merged = models.fused(merger(models, task: nil))
        guard returnsTaskModels else { return .model(merged) }
        return .models(
            models.modelNames.indices.map { (models.modelNames[$0], models.fused(merger(models, task: $0))) }
                + [("merged", merged)])
    }

    /// The merger of the whole, or of the part of one task, which is not scaled as a whole.
    private func merger(_ models: AlignedModels, task: Int?) -> MatrixFusionMerger {
        var (factor, weights): (Float, [Double]?) = (1, nil)
        switch scale {
        case .whole(let number): factor = task == nil ? Float(number) : 1
        case .each(let numbers): weights = numbers
        }
        return MatrixFusionMerger(
            methodName: methodName, fusion: OrthogonalizedTaskSingularVectors(task: task),
            scalingFactors: Array(repeating: factor, count: models.parameters.count), excludedKeys: excludedKeys,
            weights: weights)
    }
}

/// What task vectors are multiplied by: all together, after they are merged, or each of them, before.
enum TaskScale: Equatable, Sendable, ConfigurationDecodable {
    case whole(Double)
    case each([Double])

    static var expectedDescription: String { "a number, a list of one number for each model, or null" }

    static func decode(_ argument: Argument) -> TaskScale? {
        if argument.source.isNull { return .whole(1) }
        return Double.decode(argument).map(TaskScale.whole) ?? [Double].decode(argument).map(TaskScale.each)
    }
}

/// U·Σ·Vᵀ of the largest singular vectors of each task, with the polar factors U and V of all of them together.
struct OrthogonalizedTaskSingularVectors: MatrixFusion {
    /// The task whose part of the sum is wanted; nil for all.
    let task: Int?

    /// How many vectors each task has: its share of the rank, computed as the reference does.
    static func share(rank: Int, tasks: Int) -> Int { Int(Double(rank) * (1 / Double(tasks))) }

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let share = Self.share(rank: vectors.rank, tasks: vectors.count)
        let stack = StackedSingularVectors(
            try (0..<vectors.count).map { try vectors.vector($0).leadingSingularVectors(share) })
        guard let task else { return try stack.orthogonalized(values: stack.values) }
        return try stack.orthogonalized(
            values: stack.values.enumerated().map { stack.ranges[task].contains($0) ? $1 : 0 })
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let rank = min(rows, columns)
        let share = Self.share(rank: rank, tasks: models)
        return Double(models) * SpectralCost.singularVectors(rows, columns, share)
            + StackedSingularVectors.operationCount(rows, columns, share * models)
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        let rank = min(rows, columns)
        let share = Self.share(rank: rank, tasks: models)
        // While tasks are decomposed, those before have left their vectors; then these are made orthogonal.
        let decomposing =
            WholeTensorMemory.matrices(1, rows, columns)
            + WholeTensorMemory.singularVectors(rows, columns, share)
        let vectors = WholeTensorMemory.matrices(1, share * models, rows + columns)
        return vectors + max(decomposing, vectors + WholeTensorMemory.eigenvectors(rank, rank))
    }
}

extension TargetRegistry {
    mutating func registerTaskSingularVectorMerging() {
        register(
            "fusion_bench.method.TaskSingularVectorMerging",
            "fusion_bench.method.task_singular_vector.TaskSingularVectorMerging",
            "fusion_bench.method.task_singular_vector.TSVM.TaskSingularVectorMerging",
            parameters: Parameter("alpha", default: TaskScale.whole(1)),
            Parameter("exclude_keys", default: [String]?.none), Parameter("return_single_task_models", default: false)
        ) { scale, excluded, returnsTaskModels in
            TaskSingularVectorMerging(
                scale: scale, excludedKeys: Set(excluded ?? []), returnsTaskModels: returnsTaskModels)
        }
    }
}
