import Configuration
import RegularExpressions

/// Which linear layers of a network are adapted: what PEFT calls `target_modules`.
enum TargetModules: Sendable, Equatable {
    case all
    /// Names of layers, or their last components.
    case names([String])
    /// A name, or an expression that matches whole names of layers, as they are or below `vision_model`.
    case pattern(RegularExpression)

    /// Whether it names a layer.
    func contains(_ module: String) -> Bool {
        switch self {
        case .all: true
        case .names(let names): names.contains { Self.isName($0, of: module) }
        case .pattern(let pattern):
            pattern.matches(module) || pattern.matches("vision_model." + module)
                || Self.isName(pattern.pattern, of: module)
        }
    }

    /// The names that are none of any layer.
    func unknownNames(among modules: [String]) -> [String] {
        switch self {
        case .all: []
        case .names(let names): names.filter { name in !modules.contains { Self.isName(name, of: $0) } }
        case .pattern(let pattern): modules.contains(where: contains) ? [] : [pattern.pattern]
        }
    }

    private static func isName(_ name: String, of module: String) -> Bool {
        module == name || module.hasSuffix("." + name)
    }
}

extension TargetModules: ConfigurationDecodable {
    static var expectedDescription: String { "names of layers, a regular expression, or all-linear" }

    static func decode(_ argument: Argument) -> TargetModules? {
        guard let text = String.decode(argument) else { return [String].decode(argument).map(TargetModules.names) }
        return text == "all-linear" ? .all : (try? RegularExpression(text)).map(TargetModules.pattern)
    }
}
