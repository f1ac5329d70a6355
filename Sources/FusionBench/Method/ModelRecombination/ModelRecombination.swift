import Configuration
import Tensors

/// Exchanges tensors between models at random: of each name, every new model has that of another old one.
struct ModelRecombination: DataFreeFusionMethod {
    /// Whether all new models are the result, and not the first one alone.
    let returnsPool: Bool

    var methodName: String { "Model recombination" }
    var needsPretrained: Bool { false }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let orders = models.parameters.map { parameter in
            RandomStream(seed: context.seed, purpose: "recombination", name: parameter.key)
                .permutation(of: models.models.count)
        }
        let merger = WeightedSumMerger(weights: [], scales: [])
        let new = models.modelNames.enumerated().map { number, name in
            let model = models.fused(merger) { parameter in
                let source = orders[parameter.input.number][number]
                return .copy(parameter.input.models[source], model: models.modelNames[source])
            }
            return (name: name, model: model)
        }
        return returnsPool ? .models(new) : .model(new[0].model)
    }
}

extension TargetRegistry {
    mutating func registerModelRecombination() {
        register(
            "fusion_bench.method.ModelRecombinationAlgorithm",
            "fusion_bench.method.model_recombination.ModelRecombinationAlgorithm",
            parameters: Parameter("return_modelpool", default: Bool?.none)
        ) { ModelRecombination(returnsPool: $0 ?? true) }
    }
}
