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

    /// Adds all targets of another registry, which then take further arguments.
    ///
    /// - Parameters:
    ///   - others: The targets.
    ///   - parameters: The arguments that each of them takes besides its own.
    ///   - change: Makes the object of what the target made and of the values of `parameters`, in order.
    public mutating func register<each Value>(
        _ others: TargetRegistry, withParameters parameters: repeat Parameter<each Value>,
        change: @escaping (_ object: Any, repeat each Value) throws -> Any
    ) {
        var added: [String] = []
        repeat added.append((each parameters).name)
        for (name, base) in others.targets {
            targets[name] = Target(
                canonicalName: base.canonicalName, parameterNames: base.parameterNames + added
            ) { [added] arguments, origin in
                let own = arguments.filter { !added.contains($0.name) }
                let further = arguments.filter { added.contains($0.name) }
                var binder = ArgumentBinder(target: base.canonicalName, arguments: further, origin: origin)
                let values = (repeat binder.bind(each parameters))
                // What is wrong with either is told together.
                var errors = ErrorCollector()
                let object = try errors.collect { try base.make(own, origin) }
                _ = try errors.collect { try binder.check() }
                try errors.throwCollected()
                return try change(try Self.unwrap(object), repeat try Self.unwrap(each values))
            }
        }
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
