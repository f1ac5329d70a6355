import Configuration
import Tensors

/// Merges the tasks' main directions in the space that all of them span together, so that each keeps its own.
///
/// "DC-Merge: improving model merging with directional consistency" (2026, arXiv 2603.06242); details as in the authors' code.
struct DCMerging: MatrixFusionMethod {
    let fusion: DirectionalConsistencyFusion
    /// What the merged task vectors are multiplied by.
    let scalingFactor: ParameterSetting
    /// Names of matrices that are averaged only.
    let excludedKeys: Set<String>

    var methodName: String { "DC-Merge" }

    func problems(with models: AlignedModels) -> [String] {
        ParameterSetting(fusion.density).problems("density", of: methodName, in: 0...1)
            + ParameterSetting(fusion.rho).problems("rho", of: methodName, in: 1...Double.infinity)
            + (fusion.rankPerTask.map {
                ParameterSetting(Double($0)).problems("rank_per_task", of: methodName, in: 1...Double.infinity)
            } ?? [])
    }
}

extension TargetRegistry {
    mutating func registerDCMerging() {
        register(
            "fusion_bench.method.DCMerging", "fusion_bench.method.dc_merge.DCMerging",
            parameters: Parameter("smoothing_strategy", default: Choice(DirectionalConsistencyFusion.Smoothing.none)),
            Parameter("rho", default: 5.0), Parameter("rank_per_task", default: Int?.none),
            Parameter("density", default: 1e-3), Parameter("scaling_factor", default: ParameterSetting(1)),
            Parameter("exclude_keys", default: [String]?.none)
        ) { smoothing, rho, rank, density, factor, excluded in
            DCMerging(
                fusion: DirectionalConsistencyFusion(
                    smoothing: smoothing.value, rho: rho, rankPerTask: rank, density: density),
                scalingFactor: factor, excludedKeys: Set(excluded ?? []))
        }
    }
}
