public import OperatingSystem
import OrderedCollections

/// What interpolations may look at besides the configuration itself.
public final class ResolutionContext {
    /// The resolvers by name.
    public var resolvers: ResolverRegistry
    /// Environment variables, for `oc.env`.
    public var environment: [String: String]
    /// The `hydra` node, for `${hydra:…}`; nil while the configuration is still being composed.
    var hydra: ConfigurationNode?
    /// The moment that `now` tells; nil for the present one at its first use.
    ///
    /// The ranks of a job share one.
    public var moment: LocalTime? { didSet { momentsByPattern = [:] } }
    /// Results of `now` by pattern: equal within one run, and handed on to the jobs of a sweep.
    var momentsByPattern: [String: String] = [:]
    /// Where warnings go.
    var warn: (String) -> Void

    /// The nodes being resolved, outermost first: meeting one of them again is a cycle.
    var resolving: [ConfigurationNode] = []

    /// How many containers and interpolations are being resolved inside one another.
    private var depth = 0
    static let depthLimit = 300

    /// What the present resolution has looked up and copied so far: one for each value, and one for each hundred bytes
    /// of text.
    private var weight = 0
    /// References can double what they lead to at every step; a few lines would make more than any memory holds.
    static let weightLimit = 200_000

    /// A context with the given resolvers and environment.
    public init(
        resolvers: ResolverRegistry = .standard, environment: [String: String] = ProcessEnvironment.all,
        warn: @escaping (String) -> Void = { _ in }
    ) {
        self.resolvers = resolvers
        self.environment = environment
        self.warn = warn
    }

    /// Does a part of a resolution that may have parts itself.
    ///
    /// - Throws: `ConfigurationError` if it is a part of too many others.
    func nested<Value>(_ work: () throws -> Value) throws -> Value {
        if depth == 0 { weight = 0 }
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw ConfigurationError(.nestedTooDeeply(limit: Self.depthLimit)) }
        return try work()
    }

    /// Counts what a resolution makes.
    ///
    /// - Throws: `ConfigurationError` if it is too much.
    func add(weight: Int) throws {
        self.weight += weight
        if self.weight > Self.weightLimit { throw ConfigurationError(.resolvesToTooMuch) }
    }
}

extension ConfigurationNode {
    /// A copy that counts as a part of a resolution.
    ///
    /// - Throws: `ConfigurationError` if it is too large.
    func copy(in context: ResolutionContext) throws -> ConfigurationNode {
        try context.add(weight: weight)
        return copy()
    }

    /// What the tree counts towards the limit of a resolution.
    private var weight: Int {
        switch content {
        case .scalar(.string(let text)): text.resolutionWeight
        case .scalar, .missing, .interpolation: 1
        case .mapping(let entries): entries.values.reduce(1) { $0 + $1.weight }
        case .sequence(let items): items.reduce(1) { $0 + $1.weight }
        }
    }
}

extension String {
    /// What the text counts towards the limit of a resolution.
    var resolutionWeight: Int { 1 + utf8.count / 100 }
}
