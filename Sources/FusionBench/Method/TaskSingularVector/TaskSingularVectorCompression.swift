import Configuration
import Tensors

/// Keeps the largest singular values of each task vector's matrices: one model for each task, whose matrices differ from the
/// pretrained ones by low rank.
///
/// Gargiulo et al.: "Task singular vectors: reducing task interference in model merging" (2025, arXiv 2412.00081), TSV-C.
struct TaskSingularVectorCompression: DataFreeFusionMethod {
    /// The share of the singular values that is kept; nil for one by the number of tasks.
    let share: Double?
    /// Names of matrices that stay as they are.
    let excludedKeys: Set<String>

    var methodName: String { "TSV-C" }

    func problems(with models: AlignedModels) -> [String] {
        share.map { ParameterSetting($0).problems("sv_reduction", of: methodName, in: 0...1) } ?? []
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        let share = share ?? 1 / Double(max(1, parameter.input.models.count))
        return WholeTensorMemory.byteCount(
            of: parameter.input.restricted(to: 0, named: ""), by: SingularValueTruncation(share: share))
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let ones = [Float](repeating: 1, count: models.parameters.count)
        let truncation = SingularValueTruncation(share: share ?? 1 / Double(max(1, models.models.count)))
        func content(_ parameter: AlignedParameter, _ task: Int, _ name: String) -> FusedParameter.Content {
            guard parameter.input.shape.rank == 2, !excludedKeys.contains(parameter.key) else {
                return .copy(parameter.input.models[task], model: name)
            }
            return .merge(parameter.input.restricted(to: task, named: name))
        }
        return .models(
            models.modelNames.enumerated().map { task, name in
                let merger = MatrixFusionMerger(
                    methodName: methodName, fusion: truncation, scalingFactors: ones, excludedKeys: excludedKeys)
                return (name, models.fused(merger) { content($0, task, name) })
            })
    }
}

/// The part of the only task vector that its largest singular values make.
struct SingularValueTruncation: MatrixFusion {
    /// The share of them that is kept; rounded down.
    let share: Double

    private func count(_ rank: Int) -> Int { Int(Double(rank) * share) }

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        try vectors.vector(0).leadingSingularVectors(count(vectors.rank)).product
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let count = count(min(rows, columns))
        return SpectralCost.singularVectors(rows, columns, count) + SpectralCost.product(rows, columns, count)
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        // The task vector and what becomes of it.
        WholeTensorMemory.matrices(2, rows, columns)
            + WholeTensorMemory.singularVectors(rows, columns, count(min(rows, columns)))
    }
}

extension TargetRegistry {
    mutating func registerTaskSingularVectorCompression() {
        register(
            "fusion_bench.method.TaskSingularVectorCompression",
            "fusion_bench.method.task_singular_vector.TSVC.TaskSingularVectorCompression",
            "fusion_bench.method.task_singular_vector.TaskSingularVectorCompression",
            parameters: Parameter("sv_reduction", default: Double?.none),
            Parameter("exclude_keys", default: [String]?.none)
        ) { share, excluded in
            TaskSingularVectorCompression(share: share, excludedKeys: Set(excluded ?? []))
        }
    }
}
