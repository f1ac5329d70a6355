import Configuration
import Tensors

/// ExPO for Llama and its relatives, with a choice of what takes part: everything else is the mean of the models.
struct ExPOForLlama: DataFreeFusionMethod {
    /// α.
    let extrapolationFactor: ParameterSetting
    /// Which parameters take part, and how much.
    let selection: ExPOSelection
    /// The share of each row's smallest differences in the layers that is dropped before.
    let sparsity: Double?
    /// What is done to the task vectors before their mean is taken; nil for nothing.
    var drop: DropAndRescale?

    var methodName: String { drop == nil ? "ExPO for Llama" : "ExPO for Llama with DARE" }

    func problems(with models: AlignedModels) -> [String] {
        let own = sparsity.map { ParameterSetting($0).problems("magnitude_sparsity_ratio", of: methodName, in: 0...1) }
        return (own ?? []) + (drop?.problems(of: methodName) ?? [])
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        let keys = models.parameters.map(\.key)
        let shares = selection.shares(of: models.parameters.map { ($0.key, $0.input.shape) })
        let factors = extrapolationFactor.numbers(for: keys, fallback: ExPO.usualFactor)
        let prunings = models.parameters.map { parameter in
            ExPOSelection.isInLayers(parameter.key) && parameter.input.shape.rank == 2
                ? sparsity.map { RowPruning.share($0) } : nil
        }
        return .model(
            models.fused(
                ExPOMerger(
                    center: center(models, in: context),
                    factors: zip(factors, shares).map { Float($0 * $1) }, prunings: prunings)))
    }

    /// What makes θ₁ of the models: their mean, or that of their task vectors of which entries were dropped.
    private func center(_ models: AlignedModels, in context: FusionContext) -> any ParameterMerger {
        guard let drop else { return SimpleAverage().merger(models) }
        let count = models.parameters.count
        return TaskVectorMerger(
            weights: Array(repeating: Array(repeating: 1, count: models.models.count), count: count),
            scalingFactors: Array(repeating: 1 / Float(models.models.count), count: count),
            sparsifier: drop.sparsifier(models, in: context))
    }
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
        let layers =
            fixedFirstLayers.count(
                of: layerCount)..<max(
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
        let factor = Parameter<ParameterSetting>("extrapolation_factor")
        let attention = Parameter("attention_scaling_factor", default: 0.5)
        let backbone = Parameter("only_on_backbone", default: true)
        let weights = Parameter("on_linear_weights", default: true)
        let biases = Parameter("on_linear_bias", default: false)
        let embedding = Parameter("on_embedding", default: false)
        let last = Parameter("fix_last_n_layers", default: LayerCount.number(0))
        let first = Parameter("fix_first_n_layers", default: LayerCount.number(0))
        let sparsity = Parameter("magnitude_sparsity_ratio", default: Double?.none)
        register(
            "fusion_bench.method.ExPOAlgorithmForLlama", "fusion_bench.method.linear.ExPOAlgorithmForLlama",
            "fusion_bench.method.linear.llama_expo.ExPOAlgorithmForLlama",
            parameters: factor, attention, backbone, weights, biases, embedding, last, first, sparsity
        ) { factor, attention, backbone, weights, biases, embedding, last, first, sparsity in
            ExPOForLlama(
                extrapolationFactor: factor,
                selection: ExPOSelection(
                    attentionFactor: attention, isBackboneOnly: backbone, includesWeights: weights,
                    includesBiases: biases, includesEmbedding: embedding, fixedFirstLayers: first,
                    fixedLastLayers: last),
                sparsity: sparsity)
        }
        register(
            "fusion_bench.method.linear.llama_expo.ExPOWithDareForLLama",
            parameters: factor, attention, backbone, weights, biases, embedding, last, first, sparsity,
            Parameter<ParameterSetting>("dare_sparsity_ratio"), Parameter<Bool>("dare_only_on_linear_weights"),
            Parameter("dare_rescale", default: true)
        ) {
            factor, attention, backbone, weights, biases, embedding, last, first, sparsity, ratio, onlyLinear, rescale
            in
            ExPOForLlama(
                extrapolationFactor: factor,
                selection: ExPOSelection(
                    attentionFactor: attention, isBackboneOnly: backbone, includesWeights: weights,
                    includesBiases: biases, includesEmbedding: embedding, fixedFirstLayers: first,
                    fixedLastLayers: last),
                sparsity: sparsity,
                drop: DropAndRescale(sparsityRatio: ratio, onlyOnLinearWeights: onlyLinear, rescales: rescale))
        }
    }
}
