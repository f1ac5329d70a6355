import Diagnostics
import JSON
import OrderedCollections

/// The configuration of a LoRA adapter: `adapter_config.json` as PEFT writes it.
///
/// Settings that concern training only are ignored.
public struct LoRAConfiguration: Sendable {
    /// The rank of the factors where no pattern says otherwise.
    public let rank: Int
    /// The numerator of the scale where no pattern says otherwise.
    public let alpha: Double
    /// Whether the scale is `alpha / √rank` instead of `alpha / rank`.
    ///
    /// Source: Kalajdzievski, *A Rank Stabilization Scaling Factor for Fine-Tuning with LoRA*,
    /// <https://arxiv.org/abs/2312.03732>.
    public let isRankStabilized: Bool
    /// Whether weights are stored as `[inputs, outputs]`, where their shape leaves that open.
    public let isTransposed: Bool
    /// The model that the adapter was trained on, if the configuration says.
    public let baseModel: String?
    private let ranks: [(pattern: ModulePattern, value: Int)]
    private let alphas: [(pattern: ModulePattern, value: Double)]

    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - bytes: The text of `adapter_config.json`.
    ///   - path: Where it was read from, for messages.
    /// - Throws: `CheckpointError.malformed` if it is no JSON, `.invalidAdapter` with everything that is wrong or asks for
    ///   another method than LoRA as it was first published.
    public init(parsing bytes: [UInt8], path: String) throws(CheckpointError) {
        let settings: JSONValue
        do { settings = try JSONValue(parsing: bytes) } catch {
            throw .malformed(path: path, problem: "\(error)")
        }
        var reader = SettingsReader(settings)
        reader.refuseWhatIsNotLoRA()
        rank = reader.rank("r", default: 8)
        alpha = reader.number("lora_alpha", default: 8)
        isRankStabilized = reader.flag("use_rslora")
        isTransposed = reader.flag("fan_in_fan_out")
        baseModel = settings["base_model_name_or_path"]?.string
        ranks = reader.patterns("rank_pattern", "whole numbers above 0") { $0.int.flatMap { $0 > 0 ? $0 : nil } }
        alphas = reader.patterns("alpha_pattern", "numbers") { $0.double }
        guard reader.problems.isEmpty else { throw .invalidAdapter(path: path, problems: reader.problems) }
    }

    /// The rank of the factors for a module.
    public func rank(of module: String) -> Int { ranks.first { $0.pattern.matches(module) }?.value ?? rank }

    /// What the product of a module's factors is multiplied by.
    public func scale(of module: String) -> Double { scale(of: module, rank: Double(rank(of: module))) }

    /// The same for a module whose rank is known.
    func scale(of module: String, rank: Double) -> Double {
        let alpha = alphas.first { $0.pattern.matches(module) }?.value ?? alpha
        return alpha / (isRankStabilized ? rank.squareRoot() : rank)
    }
}

/// Reads settings, and collects what is wrong with them.
private struct SettingsReader {
    let settings: JSONValue
    var problems: [AdapterProblem] = []

    init(_ settings: JSONValue) {
        self.settings = settings
        if settings.object == nil { problems.append(.wrongSetting("adapter_config", expected: "an object")) }
    }

    mutating func flag(_ key: String) -> Bool {
        switch settings[key] {
        case .boolean(let flag): return flag
        case nil, .null: return false
        default:
            problems.append(.wrongSetting(key, expected: "true or false"))
            return false
        }
    }

    mutating func number(_ key: String, default standard: Double) -> Double {
        guard let value = settings[key] else { return standard }
        if let number = value.double, number.isFinite { return number }
        problems.append(.wrongSetting(key, expected: "a number"))
        return standard
    }

    mutating func rank(_ key: String, default standard: Int) -> Int {
        guard let value = settings[key] else { return standard }
        if let number = value.int, number > 0 { return number }
        problems.append(.wrongSetting(key, expected: "a whole number above 0"))
        return standard
    }

    mutating func patterns<Value>(
        _ key: String, _ expected: String, _ read: (JSONValue) -> Value?
    ) -> [(pattern: ModulePattern, value: Value)] {
        guard let entry = settings[key], entry != .null else { return [] }
        guard let entries = entry.object else {
            problems.append(.wrongSetting(key, expected: "an object"))
            return []
        }
        var patterns: [(pattern: ModulePattern, value: Value)] = []
        for (text, setting) in entries {
            guard let value = read(setting) else {
                problems.append(.wrongSetting("\(key).\(text.excerpt())", expected: expected))
                continue
            }
            do throws(AdapterProblem) {
                patterns.append((try ModulePattern(text), value))
            } catch {
                problems.append(error)
            }
        }
        return patterns
    }

    /// Adapters of other methods must not be taken for LoRA.
    mutating func refuseWhatIsNotLoRA() {
        let method = settings["peft_type"]?.string
        if method != "LORA" {
            refuse("peft_type", "the method must be LORA")
        }
        for (key, reason) in Self.otherMethods where Self.isSet(settings[key]) { refuse(key, reason) }
        if let initialization = settings["init_lora_weights"]?.string?.lowercased(),
            Self.changingInitializations.contains(where: initialization.hasPrefix)
        {
            refuse(
                "init_lora_weights",
                "this initialization changes the base; let PEFT convert the adapter to LoRA when it saves it")
        }
    }

    private mutating func refuse(_ key: String, _ reason: String) {
        problems.append(.unsupportedSetting(key, value: settings[key]?.text() ?? "missing", reason: reason))
    }

    private static func isSet(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null, .boolean(false): false
        case .array(let items): !items.isEmpty
        case .object(let entries): !entries.isEmpty
        default: true
        }
    }

    private static let otherMethods = [
        ("use_dora", "DoRA also learns magnitudes"),
        ("use_qalora", "QALoRA adds to groups of quantized weights"),
        ("use_bdlora", "BD-LoRA has factors of blocks"),
        ("kasa_config", "KaSA also learns singular values"),
        ("lora_bias", "its factors have biases"),
        ("layer_replication", "it repeats layers of the base"),
        ("target_parameters", "it adapts parameters that are no module's weight"),
        ("trainable_token_indices", "it also trains single tokens"),
        ("alora_invocation_tokens", "it is active for some tokens only"),
        ("arrow_config", "it chooses between adapters for each token"),
    ]

    private static let changingInitializations = ["pissa", "corda", "olora", "loftq", "lora_ga"]
}
