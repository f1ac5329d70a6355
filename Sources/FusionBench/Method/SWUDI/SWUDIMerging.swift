import Configuration
import Tensors

/// WUDI merging in closed form, with what many steps of descent do to small eigenvalues put in words: they are damped, and the
/// smallest left out.
///
/// Wei et al.: "Closed-form spectral regularization for multi-task model merging" (2026, arXiv 2606.07289): SWUDI, and with a rank
/// that each layer's own spectrum says, SWUDI-A.
struct SWUDIMerging: MatrixFusionMethod {
    let fusion: SpectralInterferenceFilter
    /// What the merged task vectors are multiplied by.
    let scalingFactor: ParameterSetting
    /// Names of matrices that are averaged only.
    let excludedKeys: Set<String>

    var methodName: String {
        if case .rule = fusion.rank { "SWUDI-A" } else { "SWUDI" }
    }

    func problems(with models: AlignedModels) -> [String] {
        var problems: [String] = []
        if case .exponential(let time) = fusion.damping {
            problems += ParameterSetting(time).problems("exp_time", of: methodName, in: 0...Double.infinity)
        }
        switch fusion.rank {
        case .share(let share):
            problems += ParameterSetting(share).problems("truncate_rank_ratio", of: methodName, in: 0...1)
        case .rule(_, let scale):
            problems += ParameterSetting(scale).problems("rank_scale", of: methodName, in: 0...Double.infinity)
        }
        return problems
    }
}

/// The names of what is done along a direction, as in the authors' code.
private enum FilterType: String, CaseIterable, Sendable {
    case exponential
    case none

    func damping(time: Double) -> SpectralInterferenceFilter.Damping {
        self == .exponential ? .exponential(time: time) : .none
    }
}

extension TargetRegistry {
    mutating func registerSWUDIMerging() {
        let scale = Parameter("scaling_coefficient", default: ParameterSetting(1))
        let start = Parameter("init_mode", default: Choice(SpectralInterferenceFilter.Start.sum))
        let excluded = Parameter("exclude_keys", default: [String]?.none)
        register(
            "fusion_bench.method.SWUDIMerging", "fusion_bench.method.swudi.SWUDIMerging",
            parameters: Parameter("exp_time", default: 1300.0),
            Parameter("truncate_rank_ratio", default: Double?(0.65)),
            Parameter("filter_type", default: Choice(FilterType.exponential)), start, scale, excluded
        ) { time, share, type, start, scale, excluded in
            SWUDIMerging(
                fusion: SpectralInterferenceFilter(
                    start: start.value, damping: type.value.damping(time: time), rank: .share(share ?? 1)),
                scalingFactor: scale, excludedKeys: Set(excluded ?? []))
        }
        register(
            "fusion_bench.method.AdaptiveSWUDIMerging", "fusion_bench.method.swudi.AdaptiveSWUDIMerging",
            parameters: Parameter("auto_rank_method", default: Choice(SpectrumRank.Rule.rootParticipation)),
            Parameter("rank_scale", default: 1.0), Parameter("filter_type", default: Choice(FilterType.none)),
            Parameter("exp_time", default: 1e6), start, scale, excluded
        ) { rule, rankScale, type, time, start, scale, excluded in
            SWUDIMerging(
                fusion: SpectralInterferenceFilter(
                    start: start.value, damping: type.value.damping(time: time),
                    rank: .rule(rule.value, scale: rankScale)),
                scalingFactor: scale, excludedKeys: Set(excluded ?? []))
        }
    }
}
