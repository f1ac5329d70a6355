import Configuration
import Tensors

/// ExPO for Llama and its relatives, with a choice of what takes part: everything else is the mean of the models.
struct ExPOForLlama: AlignedFusionMethod {
    /// α.
    let extrapolationFactor: ParameterSetting
    /// Which parameters take part, and how much.
    let selection: ExPOSelection
    /// The share of each row's smallest differences in the layers that is dropped before.
    let sparsity: Double?
    /// What comes before the extrapolation in place of the mean.
    var center: (any ExPOCenter)?

    var methodName: String { "ExPO for Llama" }

    func problems(with models: AlignedModels) -> [String] {
        guard let sparsity, !(0...1).contains(sparsity) else { return [] }
        return ["\(FusionError.outOfRange(method: methodName, key: "magnitude_sparsity_ratio", range: "0 to 1"))"]
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let keys = models.parameters.map(\.key)
        let shares = selection.shares(of: models.parameters.map { ($0.key, $0.input.shape) })
        let factors = extrapolationFactor.exactValues(for: keys, fallback: ExPO.usualFactor)
        let prunings = models.parameters.map { parameter in
            ExPOSelection.isInLayers(parameter.key) && parameter.input.shape.rank == 2
                ? sparsity.map { RowPruning.share($0) } : nil
        }
        return .model(
            models.fused(
                ExPOMerger(
                    center: try center?.merger(models, in: context) ?? SimpleAverage().merger(models),
                    factors: zip(factors, shares).map { Float($0 * $1) }, prunings: prunings)))
    }
}

/// What makes the model that ExPO starts from, out of several.
protocol ExPOCenter: Sendable {
    /// The computation, after the passes that it needs.
    ///
    /// - Throws: `FusionError`, or an error of reading.
    func merger(_ models: AlignedModels, in context: FusionContext) throws -> any ParameterMerger
}

/// Which parameters of a Llama model ExPO changes.
struct ExPOSelection: Sendable {
    /// What α is multiplied by in attention.
    var attentionFactor = 0.5
    /// Whether the head stays out.
    var isBackboneOnly = true
    /// Whether weights of linear layers take part.
    var includesWeights = true
    /// Whether biases of linear layers take part.
    var includesBiases = false
    /// Whether the token embedding takes part.
    var includesEmbedding = false
    /// How many of the first layers stay out.
    var fixedFirstLayers = LayerCount.number(0)
    /// How many of the last layers stay out.
    var fixedLastLayers = LayerCount.number(0)

    private static let layers = "model.layers."
    private static let embedding = "model.embed_tokens.weight"

    /// Whether a parameter belongs to one of the layers.
    static func isInLayers(_ key: String) -> Bool { key.hasPrefix(layers) }

    /// What α is multiplied by for each parameter; 0 for those that stay out.
    func shares(of parameters: [(key: String, shape: Shape)]) -> [Double] {
        let linearModules = Set(
            parameters.filter { LinearWeights.contains($0.key, $0.shape) }.map { $0.key.dropLast("weight".count) })
        let layerCount = 1 + (parameters.compactMap { Self.layer($0.key) }.max() ?? -1)
        let layers = fixedFirstLayers.count(of: layerCount)..<max(
            fixedFirstLayers.count(of: layerCount), layerCount - fixedLastLayers.count(of: layerCount))
        // Where head and embedding are one tensor, it is stored as the embedding.
        let isTied = !parameters.contains { $0.key == "lm_head.weight" }
        return parameters.map { key, _ in
            let isWeight = key.hasSuffix(".weight") && linearModules.contains(key.dropLast("weight".count))
            let isBias = key.hasSuffix(".bias") && linearModules.contains(key.dropLast("bias".count))
            if key == Self.embedding {
                return includesEmbedding || isTied && !isBackboneOnly && includesWeights ? 1 : 0
            }
            guard isWeight && includesWeights || isBias && includesBiases else { return 0 }
            guard let layer = Self.layer(key) else { return key.hasPrefix("lm_head.") && !isBackboneOnly ? 1 : 0 }
            guard layers.contains(layer) else { return 0 }
            return switch key.dropFirst(Self.layers.count).split(separator: ".").dropFirst().first {
            case "self_attn": attentionFactor
            case "mlp": 1
            default: 0
            }
        }
    }

    /// The number of the layer that a parameter belongs to.
    private static func layer(_ key: String) -> Int? {
        guard isInLayers(key) else { return nil }
        return key.dropFirst(layers.count).split(separator: ".").first.flatMap { Int($0) }
    }
}

/// A number of layers: one, or half of all.
enum LayerCount: Sendable, Equatable, ConfigurationDecodable {
    case number(Int)
    case half

    static var expectedDescription: String { "a whole number that is not negative, or half" }

    static func decode(_ argument: Argument) -> LayerCount? {
        if String.decode(argument) == "half" { return .half }
        guard let number = Int.decode(argument), number >= 0 else { return nil }
        return .number(number)
    }

    func count(of layers: Int) -> Int {
        switch self {
        case .number(let number): number
        case .half: layers / 2
        }
    }
}

extension TargetRegistry {
    mutating func registerExPOForLlama() {
        register(
            "fusion_bench.method.ExPOAlgorithmForLlama", "fusion_bench.method.linear.ExPOAlgorithmForLlama",
            "fusion_bench.method.linear.llama_expo.ExPOAlgorithmForLlama",
            parameters: Parameter<ParameterSetting>("extrapolation_factor"),
            Parameter("attention_scaling_factor", default: 0.5), Parameter("only_on_backbone", default: true),
            Parameter("on_linear_weights", default: true), Parameter("on_linear_bias", default: false),
            Parameter("on_embedding", default: false), Parameter("fix_last_n_layers", default: LayerCount.number(0)),
            Parameter("fix_first_n_layers", default: LayerCount.number(0)),
            Parameter("magnitude_sparsity_ratio", default: Double?.none)
        ) { factor, attention, backbone, weights, biases, embedding, last, first, sparsity in
            ExPOForLlama(
                extrapolationFactor: factor,
                selection: ExPOSelection(
                    attentionFactor: attention, isBackboneOnly: backbone, includesWeights: weights,
                    includesBiases: biases, includesEmbedding: embedding, fixedFirstLayers: first,
                    fixedLastLayers: last),
                sparsity: sparsity)
        }
    }
}
