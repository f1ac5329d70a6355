/// Why a resolver has no answer; the message that users see names the resolver and the place as well.
public struct ResolverFailure: Error {
    /// What is wrong, as a clause.
    public let problem: String

    /// A failure with a reason.
    public init(_ problem: String) {
        self.problem = problem
    }
}

/// One call of a resolver.
public struct ResolverRequest {
    /// The name under which it was called.
    public let name: String
    /// The arguments, evaluated.
    public let arguments: [ConfigurationNode]
    let evaluator: InterpolationEvaluator

    /// The container in which the interpolation stands.
    var container: ConfigurationNode { evaluator.container }
    var context: ResolutionContext { evaluator.context }

    /// A new scalar as the result.
    public func result(_ scalar: Scalar) -> ConfigurationNode { evaluator.result(scalar) }

    /// Checks the number of arguments.
    ///
    /// - Throws: `ResolverFailure` that says how many are expected.
    public func expectArguments(_ range: ClosedRange<Int>) throws {
        guard !range.contains(arguments.count) else { return }
        let (least, most) = (range.lowerBound, range.upperBound)
        let expected = least == most ? "\(least)" : "\(least) to \(most)"
        throw ResolverFailure("it takes \(expected) argument\(most == 1 ? "" : "s"), not \(arguments.count)")
    }

    /// An argument that must be a string.
    ///
    /// - Throws: `ResolverFailure` if it is something else.
    public func string(_ index: Int) throws -> String {
        guard let text = arguments[index].string else {
            throw ResolverFailure("argument \(index + 1) must be a string, not \(arguments[index].kindName)")
        }
        return text
    }
}

/// The functions that `${name:…}` can call.
public struct ResolverRegistry {
    /// Answers one call.
    public typealias Resolver = (ResolverRequest) throws -> ConfigurationNode

    private var resolvers: [String: Resolver] = [:]

    /// An empty registry.
    public init() {}

    /// Adds or replaces a resolver.
    public mutating func register(_ name: String, _ resolver: @escaping Resolver) {
        resolvers[name] = resolver
    }

    /// The resolver of a name.
    public subscript(name: String) -> Resolver? { resolvers[name] }

    /// The names of all resolvers, sorted.
    public var names: [String] { resolvers.keys.sorted() }
}
