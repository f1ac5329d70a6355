import Foundation

@testable import FusionBench

/// A recipe of mergekit as a configuration of ours.
struct MergekitRecipe {
    /// The method's configuration, as YAML that holds JSON.
    let method: String
    /// The models of the pool.
    let models: [(name: String, path: String)]

    struct Untranslatable: Error {
        let recipe: String
    }

    /// Translates the recipe of a case.
    ///
    /// - Throws: `Untranslatable` if our methods have no such form.
    init(_ item: MergingCase) throws {
        guard
            let recipe = try JSONSerialization.jsonObject(with: Data(item.method.utf8)) as? [String: Any],
            let name = recipe["merge_method"] as? String
        else { throw Untranslatable(recipe: item.method) }
        let names = Dictionary(
            item.models.map { ($0.path.replacing(MergingFixtures.directory + "/", with: ""), $0.name) }
        ) { first, _ in first }
        var models = item.models
        var entries = recipe["parameters"] as? [String: Any] ?? [:]
        let sources = (recipe["models"] as? [[String: Any]] ?? []).compactMap { entry -> Source? in
            guard let path = entry["model"] as? String, let name = names[path] else { return nil }
            return Source(name: name, parameters: entry["parameters"] as? [String: Any] ?? [:])
        }
        for key in ["weight", "density", "gamma", "epsilon", "scale"] {
            let values = sources.compactMap { source in source.parameters[key].map { (source.name, $0) } }
            if !values.isEmpty { entries[key] = Dictionary(uniqueKeysWithValues: values) }
        }
        let target: String
        switch name {
        case "linear":
            target = "WeightedAverageAlgorithm"
            entries["weights"] = sources.compactMap { $0.parameters["weight"] }
            entries["weight"] = nil
            entries["normalize"] = entries["normalize"] ?? true
        case "task_arithmetic":
            // Without a density, nothing is dropped.
            target = "BreadcrumbsAlgorithm"
        case "ties":
            // Breadcrumbs that keep the largest entries, too, are TIES tensor by tensor.
            target = "BreadcrumbsTiesAlgorithm"
            entries["gamma"] = 0
            entries["normalize"] = entries["normalize"] ?? true
        case "breadcrumbs": target = "BreadcrumbsAlgorithm"
        case "breadcrumbs_ties": target = "BreadcrumbsTiesAlgorithm"
        case "dare_linear", "dare_ties":
            // DELLA without a difference between small and large entries is mergekit's DARE, which scales to the L1 norm.
            target = name == "dare_ties" ? "DellaAlgorithm" : "DellaLinearAlgorithm"
            entries["epsilon"] = 0
            entries["normalize"] = entries["normalize"] ?? false
        case "della": target = "DellaAlgorithm"
        case "della_linear": target = "DellaLinearAlgorithm"
        case "nuslerp": target = "NuSlerpAlgorithm"
        case "multislerp": target = "MultiSlerpAlgorithm"
        case "nearswap": target = "NearSwapAlgorithm"
        case "sce": target = "SCEAlgorithm"
        case "ram": target = "RAMAlgorithm"
        case "ramplus_tl": target = "RAMPlusAlgorithm"
        case "karcher":
            target = "KarcherAlgorithm"
            // For mergekit, the base is a model like the others.
            models = models.map { ($0.name == ModelPool.pretrainedName ? "base" : $0.name, $0.path) }
        case "slerp":
            target = "SlerpMergeAlgorithm"
            // For mergekit, t runs from the base; for us, from the first model.
            models.sort { $0.name == ModelPool.pretrainedName && $1.name != ModelPool.pretrainedName }
        case "passthrough":
            target = "PassthroughAlgorithm"
            if let slices = recipe["slices"] { entries["slices"] = Self.renamed(slices, names) }
        default: throw Untranslatable(recipe: item.method)
        }
        entries["_target_"] = "fusion_bench.method." + target
        method = String(
            decoding: try JSONSerialization.data(withJSONObject: entries, options: [.sortedKeys]), as: UTF8.self)
        self.models = models
    }

    private struct Source {
        let name: String
        let parameters: [String: Any]
    }

    /// Slices with the names of models in place of their paths.
    private static func renamed(_ value: Any, _ names: [String: String]) -> Any {
        if let items = value as? [Any] { return items.map { renamed($0, names) } }
        guard let entries = value as? [String: Any] else { return value }
        return Dictionary(
            uniqueKeysWithValues: entries.map { key, value in
                (key, key == "model" ? (value as? String).flatMap { names[$0] } ?? value : renamed(value, names))
            })
    }
}
