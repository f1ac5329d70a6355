import Configuration
import Tensors

/// Iso-C with directions of single tasks: the common subspace gives up its least directions for those in which each task
/// differs most from it.
///
/// Marczak et al.: "No task left behind: isotropic model merging with common and task-specific subspaces" (2025,
/// arXiv 2502.04959).
struct IsoCTS: MatrixFusionMethod {
    /// λ.
    let scalingFactor: ParameterSetting
    /// The share of all directions that is common.
    let commonSpaceFraction: Double
    /// Names of matrices that are averaged only.
    let excludedKeys: Set<String>

    var methodName: String { "Iso-CTS" }
    var fusion: CommonAndTaskSubspaces { CommonAndTaskSubspaces(commonFraction: commonSpaceFraction) }

    func problems(with models: AlignedModels) -> [String] {
        ParameterSetting(commonSpaceFraction).problems("common_space_fraction", of: methodName, in: 0...1)
    }
}

/// mean(σ)·U·Vᵀ, where U and V are the orthogonalised vectors of the tasks' subspaces and of the common one.
struct CommonAndTaskSubspaces: MatrixFusion {
    let commonFraction: Double

    /// How many directions are common, and how many each task has.
    ///
    /// The rest of the division goes to the common ones; halves are rounded to even, as in Python.
    func sizes(rank: Int, tasks: Int) -> (common: Int, each: Int) {
        let wanted = rank - Int(Double(rank) * commonFraction)
        let rounded = Int((Double(wanted) / Double(tasks)).rounded(.toNearestOrEven))
        // Rounded up, there may be more than there are directions.
        let each = rounded * tasks > rank ? rank / tasks : rounded
        return (rank - each * tasks, each)
    }

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let (common, each) = sizes(rank: vectors.rank, tasks: vectors.count)
        let shared = try vectors.sum().leadingSingularVectors(common)
        var parts: [LeadingSingularVectors] = []
        if each > 0 {
            for task in 0..<vectors.count {
                var rest = try vectors.vector(task)
                if shared.count > 0 {
                    let inside = shared.left.matrixProduct(shared.left.matrixProduct(rest), transposesSelf: true)
                    rest.accumulate(inside, weight: -1)
                }
                parts.append(try rest.leadingSingularVectors(each))
            }
        }
        let stack = StackedSingularVectors(parts + [shared])
        let mean = stack.values.reduce(0, +) / Double(max(1, vectors.rank))
        return try stack.orthogonalized(values: Array(repeating: mean, count: stack.values.count))
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let rank = min(rows, columns)
        let (common, each) = sizes(rank: rank, tasks: models)
        let task = 2 * SpectralCost.product(rows, columns, common) + SpectralCost.singularVectors(rows, columns, each)
        return SpectralCost.singularVectors(rows, columns, common) + Double(models) * task
            + StackedSingularVectors.operationCount(rows, columns, rank)
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        let rank = min(rows, columns)
        // One task vector with its common part, and the vectors of both sides that there are in the end.
        return WholeTensorMemory.matrices(2, rows, columns) + WholeTensorMemory.singularVectors(rows, columns, rank)
            + WholeTensorMemory.matrices(1, rank, rows + columns)
    }
}

extension TargetRegistry {
    mutating func registerIsoCTS() {
        register(
            "fusion_bench.method.ISO_CTS_Merge", "fusion_bench.method.IsotropicMergingInCommonAndTaskSubspace",
            "fusion_bench.method.isotropic_merging.ISO_CTS_Merge",
            "fusion_bench.method.isotropic_merging.IsotropicMergingInCommonAndTaskSubspace",
            "fusion_bench.method.isotropic_merging.iso.IsotropicMergingInCommonAndTaskSubspace",
            parameters: Parameter<ParameterSetting>("scaling_factor"), Parameter<Double>("common_space_fraction"),
            Parameter("exclude_keys", default: [String]?.none)
        ) { factor, fraction, excluded in
            IsoCTS(scalingFactor: factor, commonSpaceFraction: fraction, excludedKeys: Set(excluded ?? []))
        }
    }
}
