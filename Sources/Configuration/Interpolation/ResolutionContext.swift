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

    /// How many containers are being resolved inside one another.
    var depth = 0
    static let depthLimit = 100

    /// A context with the given resolvers and environment.
    public init(
        resolvers: ResolverRegistry = .standard, environment: [String: String] = ProcessEnvironment.all,
        warn: @escaping (String) -> Void = { _ in }
    ) {
        self.resolvers = resolvers
        self.environment = environment
        self.warn = warn
    }
}
