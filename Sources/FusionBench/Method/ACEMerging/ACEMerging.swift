import Configuration
import Tensors

/// Estimates the covariance of each task's inputs from its task vector, and merges every layer in closed form by them.
///
/// Xu et al.: "ACE-Merging: data-free model merging with adaptive covariance estimation" (2026, arXiv 2603.02945); details as in
/// the authors' code.
struct ACEMerging: MatrixFusionMethod {
    let fusion: CovarianceWeightedFusion
    /// What the merged task vectors are multiplied by.
    let scalingFactor: ParameterSetting
    /// Names of matrices that are averaged only.
    let excludedKeys: Set<String>

    var methodName: String { "ACE merging" }

    func problems(with models: AlignedModels) -> [String] {
        var problems = ParameterSetting(fusion.refinedShare).problems("k_frac", of: methodName, in: 0...1)
        if !(fusion.regularization > 0) {
            problems.append(
                "\(FusionError.outOfRange(method: methodName, key: "eps", value: fusion.regularization, expected: "a positive number"))"
            )
        }
        return problems
    }
}

extension TargetRegistry {
    mutating func registerACEMerging() {
        register(
            "fusion_bench.method.ACEMerging", "fusion_bench.method.ace_merging.ACEMerging",
            parameters: Parameter("eps", default: 1e-2), Parameter("k_frac", default: 0.3),
            Parameter("scaling_coefficient", default: ParameterSetting(1)),
            Parameter("exclude_keys", default: [String]?.none)
        ) { regularization, share, scale, excluded in
            ACEMerging(
                fusion: CovarianceWeightedFusion(regularization: regularization, refinedShare: share),
                scalingFactor: scale, excludedKeys: Set(excluded ?? []))
        }
    }
}
