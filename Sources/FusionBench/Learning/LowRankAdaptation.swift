import Checkpoints
import JSON
import Networks
import OrderedCollections
import Tensors

/// Low-rank factors that are trained in place of a network's weights: LoRA, and its linearised form.
///
/// The output of an adapted layer is W x + s B A x. L-LoRA trains the first-order expansion of each layer in A and B around
/// their initial values A₀ and B₀ = 0: W x + s B₀ A₀ x + s (B − B₀) A₀ x + s B₀ (A − A₀) x. With B₀ = 0 this is W x + s B A₀ x,
/// so it is LoRA whose A stays at its initial value; nothing is approximated.
///
/// Hu et al.: "LoRA: Low-Rank Adaptation of Large Language Models" (2021, arXiv 2106.09685). Tang et al.: "Parameter Efficient
/// Multi-task Model Fusion with Partial Linearization" (ICLR 2024, arXiv 2310.04742).
struct LowRankAdaptation: Sendable {
    /// The settings that PEFT calls `LoraConfig`.
    struct Settings: Sendable, Equatable {
        var rank = 8
        var alpha = 8.0
        var dropout = 0.0
        /// The layers that are adapted.
        var targetModules = TargetModules.all
        /// Whether the scale is alpha / √rank.
        var isRankStabilized = false
        /// Whether layers are linearised in their factors.
        var isLinearized = false

        /// What the product of the factors is multiplied with.
        var scale: Double { alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)) }
    }

    let settings: Settings
    /// The layers that are adapted, in the order of the parameters.
    let modules: [String]
    private let shapes: [String: Shape]
    private let seed: UInt64

    /// An adaptation of the linear layers among some parameters.
    ///
    /// - Parameters:
    ///   - settings: How layers are adapted.
    ///   - parameters: All parameters of the network.
    ///   - seed: The seed of factors and dropout.
    /// - Throws: `LowRankAdaptationError` if no layer has one of the names.
    init(
        _ settings: Settings, of parameters: OrderedDictionary<String, Tensor>, seed: UInt64
    ) throws(LowRankAdaptationError) {
        self.settings = settings
        self.seed = seed
        var shapes: [String: Shape] = [:]
        var modules: [String] = []
        for (name, tensor) in parameters where name.hasSuffix(".weight") && tensor.rank == 2 {
            let module = String(name.dropLast(".weight".count))
            // Tables of embeddings have no bias.
            guard parameters[module + ".bias"] != nil else { continue }
            shapes[module] = tensor.shape
            modules.append(module)
        }
        self.modules = modules.filter(settings.targetModules.contains)
        self.shapes = shapes
        let unknown = settings.targetModules.unknownNames(among: modules)
        guard unknown.isEmpty, !self.modules.isEmpty else {
            throw LowRankAdaptationError(unknown: unknown, modules: modules)
        }
    }

    /// The factors before the first step: A uniform in ±1/√inputs, as PEFT's Kaiming initialization comes to; B zeros.
    var initialFactors: OrderedDictionary<String, Tensor> {
        var factors: OrderedDictionary<String, Tensor> = [:]
        for module in modules {
            guard let shape = shapes[module] else { continue }
            let (outputs, inputs) = (shape.dimensions[0], shape.dimensions[1])
            let bound = Float(1 / Double(inputs).squareRoot())
            let stream = RandomStream(seed: seed, purpose: "lora/a", name: module)
            factors[Self.a(module)] = Tensor([settings.rank, inputs]) { values in
                stream.fillUniform(values)
                for index in values.indices { values[index] = (2 * values[index] - 1) * bound }
            }
            factors[Self.b(module)] = Tensor.zeros([outputs, settings.rank])
        }
        return factors
    }

    /// The factors that are trained.
    func trained(_ factors: OrderedDictionary<String, Tensor>) -> OrderedDictionary<String, Tensor> {
        settings.isLinearized ? factors.filter { $0.key.hasSuffix(Self.bSuffix) } : factors
    }

    /// What is added to each layer.
    ///
    /// - Parameters:
    ///   - factors: All factors, traced or not.
    ///   - step: The number of the step, for dropout; nil outside of training.
    ///   - firstExample: The place of the first image in the step.
    /// - Returns: By the names of layers.
    func adapters(
        _ factors: OrderedDictionary<String, Tensor>, step: Int?, firstExample: Int = 0
    ) -> OrderedDictionary<String, any LinearAdapter> {
        var adapters: OrderedDictionary<String, any LinearAdapter> = [:]
        for module in modules {
            guard let a = factors[Self.a(module)], let b = factors[Self.b(module)] else { continue }
            let dropout = step.flatMap { step in
                settings.dropout == 0
                    ? nil
                    : Dropout(
                        probability: settings.dropout,
                        stream: RandomStream(seed: seed, purpose: "lora/dropout", name: "\(module) \(step)"),
                        firstExample: firstExample)
            }
            adapters[module] = LowRankAdapter(a: a, b: b, scale: settings.scale, dropout: dropout)
        }
        return adapters
    }

    /// The weights with the factors' products added.
    func merged(
        _ factors: OrderedDictionary<String, Tensor>, into parameters: OrderedDictionary<String, Tensor>
    ) -> OrderedDictionary<String, Tensor> {
        var merged = parameters
        for module in modules {
            let name = module + ".weight"
            guard let weight = parameters[name], let a = factors[Self.a(module)], let b = factors[Self.b(module)] else {
                continue
            }
            merged[name] = weight + b.matrixProduct(a) * settings.scale
        }
        return merged
    }

    private static let aSuffix = ".lora_A.weight"
    private static let bSuffix = ".lora_B.weight"

    private static func a(_ module: String) -> String { module + aSuffix }
    private static func b(_ module: String) -> String { module + bSuffix }
}

/// No layer can be adapted, or some names are those of none.
struct LowRankAdaptationError: Error, Equatable, CustomStringConvertible {
    let unknown: [String]
    let modules: [String]

    var description: String {
        let kinds = Set(modules.compactMap { $0.split(separator: ".").last.map(String.init) }).sorted()
        let known = "linear layers are called \(kinds.joined(separator: ", "))"
        return unknown.isEmpty
            ? "lora_config.target_modules names no layer; \(known)"
            : "lora_config.target_modules: no layer is called \(unknown.joined(separator: ", ")); \(known)"
    }
}
