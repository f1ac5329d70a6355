import Checkpoints
import Configuration
import JSON
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
            let stack = try LayerStack(try model(of: pool))
            let missing = layers.flatMap(\.indices).filter { !(0..<stack.count).contains($0) }
            if layers.allSatisfy(\.indices.isEmpty) { return ["\(methodName) needs layer_indices, at least one"] }
            guard let first = missing.first else { return [] }
            return ["\(methodName) has no layer \(first): those of '\(stack.prefix)' are 0 to \(stack.count - 1)"]
        } catch {
            return ["\(error)"]
        }
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        let problems = problems(with: pool)
        if !problems.isEmpty { throw FusionError.several(problems) }
        let model = try model(of: pool)
        let stack = try LayerStack(model)
        let indices = layers.flatMap(\.indices)
        var result = FusedModel(copying: model)
        var parameters: [FusedParameter] = []
        var isPlaced = false
        for (key, tensor) in model.tensors {
            guard stack.contains(key) else {
                parameters.append(FusedParameter(copying: tensor, name: model.name(of: key)))
                continue
            }
            // All layers stand where the first of them stood.
            if !isPlaced { parameters += indices.enumerated().flatMap { stack.parameters(of: $1, as: $0) } }
            isPlaced = true
        }
        result.parameters = parameters
        result.configurationChanges = ["num_hidden_layers": .integer(indices.count)]
        return .model(result)
    }

    private func model(of pool: ModelPool) throws -> PooledModel {
        guard !prefersPretrained, let name = pool.modelNames.first else { return try pool.loadPretrainedOrFirst() }
        return try pool.load(name)
    }
}

/// The layers of a model: those parts of it that are numbered.
struct LayerStack {
    /// What stands before the number in names of the model's own.
    let prefix: String
    private let model: PooledModel
    private let layers: [[(key: String, rest: Substring)]]

    /// How many there are.
    var count: Int { layers.count }

    /// How stacks of layers are called, in networks that have other numbered parts, too.
    private static let usualNames: Set<Substring> = ["layers", "layer", "h", "block", "blocks"]

    /// Finds the stack of layers.
    ///
    /// - Throws: `LayerStackError` if there is none, there are several, or numbers are missing.
    init(_ model: PooledModel) throws {
        var stacks: OrderedDictionary<String, OrderedDictionary<Int, [(key: String, rest: Substring)]>> = [:]
        for key in model.tensors.keys {
            let name = model.name(of: key)
            guard let (prefix, layer) = LayerPlaces.layer(name) else { continue }
            let rest = name.dropFirst(prefix.count).drop { $0 != "." }
            stacks[prefix, default: [:]][layer, default: []].append((key, rest))
        }
        let usual = stacks.keys.filter { $0.split(separator: ".").last.map(Self.usualNames.contains) ?? true }
        let candidates = usual.isEmpty ? Array(stacks.keys) : usual
        guard let prefix = candidates.first, let stack = stacks[prefix] else {
            throw LayerStackError.none(model: model.name)
        }
        guard candidates.count == 1 else { throw LayerStackError.several(model: model.name, prefixes: candidates) }
        layers = try stack.keys.sorted().enumerated().map { place, number in
            guard place == number, let layer = stack[number] else {
                throw LayerStackError.missing(model: model.name, prefix: prefix, layer: place)
            }
            return layer
        }
        self.prefix = prefix
        self.model = model
    }

    /// Whether a tensor belongs to a layer.
    func contains(_ key: String) -> Bool { LayerPlaces.layer(model.name(of: key))?.prefix == prefix }

    /// The parameters of a layer under another number.
    func parameters(of layer: Int, as number: Int) -> [FusedParameter] {
        layers[layer].compactMap { key, rest in
            model.tensors[key].map { FusedParameter(copying: $0, name: "\(prefix)\(number)\(rest)") }
        }
    }
}

/// What can be wrong with a model whose layers are wanted.
enum LayerStackError: Error, Equatable, CustomStringConvertible {
    case none(model: String)
    case several(model: String, prefixes: [String])
    case missing(model: String, prefix: String, layer: Int)

    var description: String {
        switch self {
        case .none(let model): "The model '\(model)' has no numbered layers"
        case .several(let model, let prefixes):
            "The model '\(model)' has several stacks of layers: " + prefixes.map { "'\($0)'" }.joined(separator: ", ")
        case .missing(let model, let prefix, let layer): "The model '\(model)' has no layer '\(prefix)\(layer)'"
        }
    }
}

/// Some layers in order: a number, or text such as `range(0,12)`.
struct LayerRange: Sendable, Equatable, ConfigurationDecodable {
    let indices: [Int]

    /// No model has so many layers; a larger range is a mistake.
    private static let largestCount = 1 << 16

    static var expectedDescription: String { "a whole number, or text: range(end), range(first,end) or range(first,end,step)" }

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
