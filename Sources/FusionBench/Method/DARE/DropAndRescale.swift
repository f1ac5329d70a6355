import Tensors

/// DARE's step before another method: each entry of a task vector is dropped with probability p, and the others are divided
/// by 1 − p.
///
/// Yu et al.: "Language models are Super Mario: Absorbing abilities from homologous models as a free lunch" (2023, arXiv
/// 2311.03099).
struct DropAndRescale: Sendable {
    /// p.
    let sparsityRatio: ParameterSetting
    /// Whether entries are dropped from the weights of linear layers alone.
    let onlyOnLinearWeights: Bool
    /// Whether kept entries are divided by 1 − p.
    let rescales: Bool

    /// What is wrong with p.
    func problems(of method: String) -> [String] {
        var problems = sparsityRatio.problems("sparsity_ratio", of: method, in: 0...1)
        if rescales, sparsityRatio.writtenNumbers.contains(1) {
            let expected = "a number below 1 (with rescale)"
            problems.append(
                "\(FusionError.outOfRange(method: method, key: "sparsity_ratio", value: 1, expected: expected))")
        }
        return problems
    }

    /// The sparsifier for the task vectors of these models.
    func sparsifier(_ models: AlignedModels, in context: FusionContext) -> RandomDrop {
        let ratios = sparsityRatio.numbers(for: models.parameters.map(\.key), fallback: 0.5)
        let probabilities = zip(models.parameters, ratios).map { parameter, ratio in
            onlyOnLinearWeights && !LinearWeights.contains(parameter.key, parameter.input.shape) ? 1 : 1 - ratio
        }
        return RandomDrop(
            keepProbabilities: probabilities, factors: probabilities.map { rescales ? Float(1 / $0) : 1 },
            seed: context.seed, models: models.modelNames)
    }
}
