/// What `_target_` names stand for.
///
/// Each module of the program fills in its own.
///
/// The names are the dotted Python names that users' files contain, such as
/// `fusion_bench.method.SimpleAverageAlgorithm`; a target may have several.
public struct TargetRegistry {
    /// Something that a configuration can ask for by name.
    struct Target {
        let canonicalName: String
        let parameterNames: [String]
        let make: (_ arguments: [(name: String, argument: Argument)], _ origin: Origin) throws -> Any
    }

    private var targets: [String: Target] = [:]
    private var legacyNames: [LegacyKind: [String: String]] = [:]

    /// An empty registry.
    public init() {}

    /// Adds a target.
    ///
    /// - Parameters:
    ///   - names: The names it is known by, the canonical one first.
    ///   - parameters: The arguments it takes, in the order of positional ones.
    ///   - additional: What happens with other arguments.
    ///   - make: Makes the object; gets the parameters' values in order.
    public mutating func register<each Value, Object>(
        _ names: String..., parameters: repeat Parameter<each Value>,
        additional: AdditionalArguments = .areErrors, make: @escaping (repeat each Value) throws -> Object
    ) {
        guard let canonicalName = names.first else { return }
        var parameterNames: [String] = []
        repeat parameterNames.append((each parameters).name)
        let target = Target(canonicalName: canonicalName, parameterNames: parameterNames) { arguments, origin in
            var binder = ArgumentBinder(target: canonicalName, arguments: arguments, origin: origin)
            let values = (repeat binder.bind(each parameters))
            if case .areErrors = additional { binder.refuseOthers() }
            try binder.check()
            return try make(repeat try Self.unwrap(each values))
        }
        for name in names { targets[name] = target }
    }

    private static func unwrap<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw ConfigurationError(.several([])) }
        return value
    }

    /// The parts whose older configurations name no `_target_`.
    public enum LegacyKind: Sendable {
        /// `name: clip_layer_wise_adamerging`.
        case method
        /// `type: huggingface_clip_vision`.
        case modelPool
        /// `type: clip_vit_classification`.
        case taskPool

        /// The key that holds the older name.
        var key: String { self == .method ? "name" : "type" }
    }

    /// Says which target an older name stands for.
    public mutating func registerLegacyName(_ name: String, _ kind: LegacyKind, target: String) {
        legacyNames[kind, default: [:]][name] = target
    }

    /// The names of all targets, sorted.
    public var names: [String] { targets.keys.sorted() }

    func target(_ name: String) -> Target? { targets[name] }

    func legacyTargets(_ kind: LegacyKind) -> [String: String] { legacyNames[kind] ?? [:] }
}

/// A target with some of its arguments, to be called with the rest later (`_partial_: true`).
public struct PartialTarget {
    let target: TargetRegistry.Target
    let arguments: [(name: String, argument: Argument)]
    let origin: Origin

    /// Makes the object.
    ///
    /// - Parameter more: Further arguments; they replace ones of the same name.
    /// - Returns: The object.
    /// - Throws: `ConfigurationError` if an argument is missing, unknown or of a wrong type.
    public func callAsFunction(_ more: [(name: String, argument: Argument)] = []) throws -> Any {
        let replaced = Set(more.map(\.name))
        return try target.make(arguments.filter { !replaced.contains($0.name) } + more, origin)
    }
}
