import Configuration
import OrderedCollections

/// Builds a deeper model from the layers of one, in any order and as often as wanted.
///
/// Kim et al.: "SOLAR 10.7B: scaling large language models with simple yet effective depth up-scaling" (2023,
/// arXiv 2312.15166).
struct DepthUpscaling: FusionMethod {
    /// The layers, in order.
    let layers: [LayerRange]
    /// Whether the pretrained model is taken even if there is another.
    var prefersPretrained = false
    var modelSavePath: String?

    var methodName: String { "Depth upscaling" }

    func problems(with pool: ModelPool) -> [String] {
        if !prefersPretrained, pool.modelNames.count > 1 {
            let error = FusionError.modelCount(method: methodName, expected: "1 model", found: pool.modelNames)
            return ["\(error)"]
        }
        do {
            let model = try model(of: pool)
            guard let stack = LayerStack(model) else {
                return ["\(methodName) needs a model with one stack of layers; '\(model.name)' has not"]
            }
            let indices = layers.flatMap(\.indices)
            if indices.isEmpty { return ["\(methodName) needs at least one layer in 'layer_indices'"] }
            guard let missing = indices.first(where: { !(0..<stack.count).contains($0) }) else { return [] }
            return ["\(methodName) needs layer \(missing) of '\(model.name)', which has 0 to \(stack.count - 1)"]
        } catch {
            return ["\(error)"]
        }
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        let problems = problems(with: pool)
        if !problems.isEmpty { throw FusionError.several(problems) }
        let model = try model(of: pool)
        let indices = layers.flatMap(\.indices)
        var result = FusedModel(copying: model)
        result.parameters = []
        var arePlaced = false
        for (key, tensor) in model.tensors {
            guard LayerPlaces.layer(key) != nil else {
                result.parameters.append(FusedParameter(copying: tensor, of: model.name, name: model.name(of: key)))
                continue
            }
            // All layers stand where the first of them stood.
            if !arePlaced { result.parameters += stacked(indices, model) }
            arePlaced = true
        }
        result.configurationChanges = LayerConfiguration.changes(indices.map { (model, $0) }, template: model)
        return .model(result)
    }

    /// The parameters of layers, with new numbers.
    private func stacked(_ indices: [Int], _ model: PooledModel) -> [FusedParameter] {
        let keys = Dictionary(grouping: model.tensors.keys) { LayerPlaces.layer($0)?.layer ?? -1 }
        return indices.enumerated().flatMap { place, index in
            (keys[index] ?? []).compactMap { key in
                model.tensors[key].map {
                    FusedParameter(
                        copying: $0, of: model.name, name: LayerStack.renumbered(model.name(of: key), to: place))
                }
            }
        }
    }

    private func model(of pool: ModelPool) throws -> PooledModel {
        guard !prefersPretrained, let name = pool.modelNames.first else { return try pool.loadPretrainedOrFirst() }
        return try pool.load(name)
    }
}

/// Some layers in order: a number, or text such as `range(0,12)`.
struct LayerRange: Sendable, Equatable, ConfigurationDecodable {
    let indices: [Int]

    /// No model has so many layers; a larger range is a mistake.
    private static let largestCount = 1 << 16

    static var expectedDescription: String {
        "a whole number, or text: range(end), range(first,end) or range(first,end,step)"
    }

    static func decode(_ argument: Argument) -> LayerRange? {
        if let number = Int.decode(argument) { return LayerRange(indices: [number]) }
        return String.decode(argument).flatMap(LayerRange.init(text:))
    }

    init(indices: [Int]) {
        self.indices = indices
    }

    /// Reads what Python's `range` takes.
    init?(text: String) {
        let text = text.filter { $0 != " " }
        guard text.hasPrefix("range("), text.hasSuffix(")") else { return nil }
        let arguments = text.dropFirst(6).dropLast().split(separator: ",", omittingEmptySubsequences: false)
        let numbers = arguments.compactMap { Int($0) }
        guard numbers.count == arguments.count else { return nil }
        let (first, end, step): (Int, Int, Int)
        switch numbers.count {
        case 1: (first, end, step) = (0, numbers[0], 1)
        case 2: (first, end, step) = (numbers[0], numbers[1], 1)
        case 3: (first, end, step) = (numbers[0], numbers[1], numbers[2])
        default: return nil
        }
        let (distance, overflow) = end.subtractingReportingOverflow(first)
        guard step != 0, !overflow, distance.magnitude <= Self.largestCount else { return nil }
        indices = Array(stride(from: first, to: end, by: step))
    }
}

extension TargetRegistry {
    mutating func registerDepthUpscaling() {
        register(
            "fusion_bench.method.DepthUpscalingAlgorithm", "DepthUpscalingAlgorithm",
            "fusion_bench.method.depth_upscaling.DepthUpscalingAlgorithm",
            "fusion_bench.method.depth_upscaling.depth_upscaling.DepthUpscalingAlgorithm",
            parameters: Parameter<[LayerRange]>("layer_indices")
        ) { DepthUpscaling(layers: $0) }
        register(
            "fusion_bench.method.DepthUpscalingForLlama", "fusion_bench.method.depth_upscaling.DepthUpscalingForLlama",
            "fusion_bench.method.depth_upscaling.depth_upscaling_for_llama.DepthUpscalingForLlama",
            parameters: Parameter<[LayerRange]>("layer_indices"), Parameter<String?>("model_save_path")
        ) { DepthUpscaling(layers: $0, prefersPretrained: true, modelSavePath: $1) }
    }
}
