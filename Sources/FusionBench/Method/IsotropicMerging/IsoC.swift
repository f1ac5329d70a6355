import Configuration
import Tensors

/// Flattens the spectrum of the sum of the task vectors: U·Σ·Vᵀ = Στₜ becomes mean(σ)·U·Vᵀ.
///
/// Marczak et al.: "No task left behind: isotropic model merging with common and task-specific subspaces" (2025,
/// arXiv 2502.04959).
struct IsoC: MatrixFusionMethod {
    /// λ.
    let scalingFactor: ParameterSetting
    /// Names of matrices that are averaged only.
    let excludedKeys: Set<String>

    var methodName: String { "Iso-C" }
    var fusion: IsotropicSum { IsotropicSum() }
}

/// mean(σ)·U·Vᵀ of the sum of the task vectors.
///
/// U·Vᵀ is the orthogonal polar factor, for which singular vectors need not be told apart.
struct IsotropicSum: MatrixFusion {
    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let sum = try vectors.sum()
        let polar = try sum.polarDecomposition()
        let mean = polar.singularValues.reduce(0, +) / Double(max(1, vectors.rank))
        return polar.orthogonalFactor(of: sum).scaled(by: mean)
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        SpectralCost.polar(rows, columns) + SpectralCost.product(rows, columns, min(rows, columns))
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        // The sum, its polar factor and the factor times the mean.
        WholeTensorMemory.matrices(1, rows, columns)
            + max(WholeTensorMemory.polar(rows, columns), WholeTensorMemory.matrices(2, rows, columns))
    }
}

extension TargetRegistry {
    mutating func registerIsoC() {
        register(
            "fusion_bench.method.ISO_C_Merge", "fusion_bench.method.IsotropicMergingInCommonSubspace",
            "fusion_bench.method.isotropic_merging.ISO_C_Merge",
            "fusion_bench.method.isotropic_merging.IsotropicMergingInCommonSubspace",
            "fusion_bench.method.isotropic_merging.iso.IsotropicMergingInCommonSubspace",
            parameters: Parameter<ParameterSetting>("scaling_factor"),
            Parameter("exclude_keys", default: [String]?.none)
        ) { factor, excluded in IsoC(scalingFactor: factor, excludedKeys: Set(excluded ?? [])) }
    }
}
