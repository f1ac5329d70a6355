import Configuration
import OrderedCollections

/// What a merged model is made of, and with what: the checkpoint says so itself.
///
/// It names neither ranks, threads nor times, on which the bytes must not depend.
struct Provenance: Sendable {
    let methodName: String
    /// The parts of the configuration that decide what comes out, in YAML.
    let recipe: String
    let seed: UInt64?
    /// Which models it is made of.
    var inputs: InputDigests

    init(methodName: String, recipe: String, seed: UInt64?, inputs: InputDigests) {
        self.methodName = methodName
        self.recipe = recipe
        self.seed = seed
        self.inputs = inputs
    }

    /// What a configuration makes.
    ///
    /// - Parameters:
    ///   - methodName: What the method is called.
    ///   - configuration: The whole configuration.
    ///   - decisive: The parts of it that decide what comes out.
    ///   - seed: The seed of random methods.
    ///   - inputs: Which models it is made of.
    init(
        methodName: String, configuration: ConfigurationValue, decisive: Set<String> = ["method", "modelpool"],
        seed: UInt64?, inputs: InputDigests
    ) {
        self.init(
            methodName: methodName, recipe: Self.recipe(of: configuration, decisive: decisive), seed: seed,
            inputs: inputs)
    }

    /// Parts of a configuration in YAML.
    static func recipe(of configuration: ConfigurationValue, decisive: Set<String>) -> String {
        let others = Set((configuration.entries ?? [:]).keys.compactMap(\.string)).subtracting(decisive)
        return configuration.removing(others).yamlText
    }

    /// A sentence for people.
    var summary: String { "Made by \(ProgramVersion.name) \(ProgramVersion.number): \(methodName)." }

    /// The entries of the checkpoint's metadata.
    var metadata: OrderedDictionary<String, String> {
        var entries: OrderedDictionary = [
            "fusion_bench_version": ProgramVersion.number, "fusion_bench_recipe": recipe,
        ]
        if !inputs.models.isEmpty { entries["fusion_bench_inputs"] = inputs.text }
        if let seed { entries["fusion_bench_seed"] = String(seed) }
        return entries
    }
}
