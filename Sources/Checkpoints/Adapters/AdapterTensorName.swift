/// What a tensor of an adapter is for, as its name says.
enum AdapterTensorName: Equatable {
    /// The factor `A` or `B` for the weight of a module.
    case factor(Factor, module: String, isEmbedding: Bool)
    /// A tensor that takes the place of one of the base.
    case replacement(of: String)
    /// The base's own tensor, which older versions of PEFT keep beside the one that takes its place.
    case original
    case unknown

    enum Factor {
        case a
        case b
    }

    /// Reads a name as PEFT writes it.
    ///
    /// Names begin with `base_model.model.`; in files of other writers, names of factors may contain that of the adapter:
    /// `lora_A.default.weight`.
    init(_ name: String) {
        let prefix = "base_model.model."
        let path = name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : name[...]
        let components = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if let index = components.lastIndex(where: { $0.hasPrefix("lora_") }) {
            self = Self.factor(
                components[index], module: components[..<index].joined(separator: "."),
                rest: Array(components[(index + 1)...]))
        } else if components.contains("original_module") {
            self = .original
        } else {
            self = .replacement(of: Self.withoutWrappers(components).joined(separator: "."))
        }
    }

    private static func factor(_ kind: String, module: String, rest: [String]) -> AdapterTensorName {
        switch kind {
        case "lora_A" where rest.count <= 2 && rest.last == "weight": .factor(.a, module: module, isEmbedding: false)
        case "lora_B" where rest.count <= 2 && rest.last == "weight": .factor(.b, module: module, isEmbedding: false)
        case "lora_embedding_A" where rest.count <= 1: .factor(.a, module: module, isEmbedding: true)
        case "lora_embedding_B" where rest.count <= 1: .factor(.b, module: module, isEmbedding: true)
        default: .unknown
        }
    }

    /// The name without what PEFT wraps modules in while it trains them.
    private static func withoutWrappers(_ components: [String]) -> [String] {
        var result: [String] = []
        var rest = components[...]
        while let component = rest.popFirst() {
            switch component {
            case "base_layer": break
            case "modules_to_save": if rest.first == "default" { rest.removeFirst() }
            default: result.append(component)
            }
        }
        return result
    }
}
