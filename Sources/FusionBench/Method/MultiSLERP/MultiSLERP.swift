import Configuration
import Glibc

/// A weighted mean of models on a sphere, tensor by tensor.
///
/// The directions are averaged in the tangent space at their weighted mean, the lengths by themselves. With a pretrained
/// model, task vectors take the place of models.
///
/// The method is mergekit's own. All of it stays in the span of the models, so that it is done with coefficients.
struct MultiSLERP: DataFreeFusionMethod {
    /// The weight of each model.
    var weight = ModelSetting(1)
    /// Whether weights are divided by their sum.
    var normalizes = true
    /// Keeps norms away from 0.
    var epsilon = 1e-8

    var methodName: String { "Multi-SLERP" }
    var needsPretrained: Bool { false }
    var takesPretrained: Bool { true }

    func problems(with models: AlignedModels) -> [String] {
        let problems =
            weight.problems("weight", of: methodName, models: models.modelNames)
            + ParameterSetting(epsilon).problems(
                "eps", of: methodName, in: Double.leastNonzeroMagnitude...Double.infinity)
        guard problems.isEmpty, normalizes, models.models.count > 1 else { return problems }
        let row = zip(models.parameters, weights(models)).first { $1.reduce(0, +) == 0 }
        guard let (parameter, _) = row else { return [] }
        let reason = "the weights add up to 0, and are to be divided by their sum"
        return ["\(FusionError.degenerate(method: methodName, tensor: parameter.name, reason: reason))"]
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        if models.models.count == 1 {
            return .model(
                models.fused(
                    WeightedSumMerger(
                        weights: Array(repeating: [1], count: models.parameters.count),
                        scales: Array(repeating: 1, count: models.parameters.count))))
        }
        let matrices = try models.gramMatrices(in: context)
        let rows = weights(models)
        let weights = try models.parameters.indices.map { index in
            guard let coefficients = coefficients(matrices[index], weights: rows[index]) else {
                throw FusionError.degenerate(
                    method: methodName, tensor: models.parameters[index].name,
                    reason: "their weighted directions cancel each other out")
            }
            return coefficients.map { Float($0) }
        }
        return .model(models.weightedSum(weights))
    }

    private func weights(_ models: AlignedModels) -> [[Double]] {
        weight.numbers(for: models.parameters.map(\.key), models: models.modelNames, fallback: 1)
    }

    /// The coefficients of the mean; nil where more than two directions cancel each other out.
    func coefficients(_ gram: GramMatrix, weights: [Double]) -> [Double]? {
        let total = weights.reduce(0, +)
        let weights = normalizes ? weights.map { $0 / total } : weights
        let norms = (0..<gram.count).map(gram.norm)
        let sum = zip(weights, norms).map { $0 / ($1 + epsilon) }
        // What no model has changed stays as it is.
        if norms.allSatisfy({ $0 == 0 }) { return weights }
        let length = gram.norm(sum)
        if length < epsilon { return gram.count == 2 ? weights : nil }
        let mean = sum.map { $0 / length }
        // g = Σ wₜ (uₜ − ⟨uₜ, m⟩·m)
        let along = (0..<gram.count).reduce(0) {
            $0 + weights[$1] * gram.product(mean, with: $1) / (norms[$1] + epsilon)
        }
        let tangent = zip(sum, mean).map { $0 - along * $1 }
        let angle = gram.norm(tangent) + epsilon
        let scale = zip(weights, norms).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(mean, tangent).map { scale * (cos(angle) * $0 + sin(angle) / angle * $1) }
    }
}

extension TargetRegistry {
    mutating func registerMultiSLERP() {
        register(
            "fusion_bench.method.MultiSlerpAlgorithm", "fusion_bench.method.multislerp.MultiSlerpAlgorithm",
            parameters: Parameter("weight", default: ModelSetting(1)), Parameter("normalize_weights", default: true),
            Parameter("eps", default: 1e-8)
        ) { MultiSLERP(weight: $0, normalizes: $1, epsilon: $2) }
    }
}
