import Configuration
import Tensors

/// Drops entries of each task vector at random, small ones of a row more often than large ones; then adds them, with or
/// without an election of signs.
///
/// Deep et al.: "DELLA-Merging: Reducing interference in model merging through magnitude-based sampling" (2024, arXiv
/// 2406.11617); the probabilities as in mergekit 0.1.5.
struct DELLA: DataFreeFusionMethod {
    /// What is done with the sparse task vectors.
    let arithmetic: GeneralizedTaskArithmetic
    /// The mean probability that an entry is kept.
    let density: ModelSetting
    /// How far probabilities reach to both sides of the density.
    let epsilon: ModelSetting

    var methodName: String { arithmetic.electsSigns ? "DELLA" : "DELLA without elected signs" }

    func problems(with models: AlignedModels) -> [String] {
        let problems =
            arithmetic.problems(of: methodName, with: models)
            + density.problems("density", of: methodName, models: models.modelNames, in: 0...1)
            + epsilon.problems("epsilon", of: methodName, models: models.modelNames)
        guard problems.isEmpty else { return problems }
        let wrong = probabilities(models).joined().lazy.compactMap { $0 }.first { !$0.isPossible }
        guard let wrong else { return [] }
        let expected = "a number that is less than the distance of the density, \(wrong.density), from 0 and from 1"
        return [
            "\(FusionError.outOfRange(method: methodName, key: "epsilon", value: wrong.epsilon, expected: expected))"
        ]
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let drop = RankedDrop(probabilities: probabilities(models), seed: context.seed, models: models.modelNames)
        return try arithmetic.fuse(models, drop, in: context)
    }

    /// For each parameter, the probabilities of each model; nil where everything is kept.
    private func probabilities(_ models: AlignedModels) -> [[RankedDrop.Probabilities?]] {
        let keys = models.parameters.map(\.key)
        let densities = density.numbers(for: keys, models: models.modelNames, fallback: 1)
        let epsilons = epsilon.numbers(for: keys, models: models.modelNames, fallback: 0.15)
        return zip(densities, epsilons).map { densities, epsilons in
            zip(densities, epsilons).map { $0 < 1 ? RankedDrop.Probabilities(density: $0, epsilon: $1) : nil }
        }
    }
}

extension TargetRegistry {
    mutating func registerDELLA() {
        for (name, electsSigns) in [("DellaAlgorithm", true), ("DellaLinearAlgorithm", false)] {
            register(
                "fusion_bench.method." + name, "fusion_bench.method.della." + name,
                parameters: Parameter("int8_mask", default: false), Parameter("normalize", default: electsSigns),
                Parameter("rescale", default: true), Parameter("lambda", default: ParameterSetting(1)),
                Parameter("weight", default: ModelSetting(1)), Parameter("density", default: ModelSetting(1)),
                Parameter("epsilon", default: ModelSetting(0.15))
            ) { _, normalize, rescale, lambda, weight, density, epsilon in
                DELLA(
                    arithmetic: GeneralizedTaskArithmetic(
                        weight: weight, scalingFactor: lambda, normalizes: normalize, rescales: rescale,
                        electsSigns: electsSigns),
                    density: density, epsilon: epsilon)
            }
        }
    }
}
