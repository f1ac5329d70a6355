/// A configuration, composed but not resolved.
public final class ComposedConfiguration {
    /// Everything but the `hydra` node.
    public let job: ConfigurationNode
    /// The settings of the run.
    public let hydra: ConfigurationNode
    /// The overrides in order.
    public let overrides: [Override]
    /// The configurations that were merged, in order.
    let merged: [ConfigurationToMerge]
    let tree: DefaultsNode
    let repository: ConfigurationRepository
    /// What interpolations look at.
    public let context: ResolutionContext

    init(
        job: ConfigurationNode, hydra: ConfigurationNode, overrides: [Override], merged: [ConfigurationToMerge],
        tree: DefaultsNode, repository: ConfigurationRepository, context: ResolutionContext
    ) {
        self.job = job
        self.hydra = hydra
        self.overrides = overrides
        self.merged = merged
        self.tree = tree
        self.repository = repository
        self.context = context
    }
}

extension ComposedConfiguration {
    /// Lets `${hydra:…}` see the settings of the run.
    public func attachHydra() { context.hydra = hydra }

    /// Takes the `hydra` node out of the configuration, for showing and resolving the job's part alone.
    ///
    /// `${hydra:…}` still works afterwards, `${hydra.…}` does not.
    @discardableResult
    public func detachHydra() -> ConfigurationNode {
        job.remove("hydra")
        hydra.parent = job
        attachHydra()
        return hydra
    }

    /// The `hydra` node alone in a configuration, without its help texts.
    public func hydraWithoutHelp() -> ConfigurationNode {
        let root = ConfigurationNode.emptyMapping(origin: Origin(.runtime))
        let copy = hydra.copy()
        copy.remove("help")
        copy.remove("hydra_help")
        root.set("hydra", copy)
        return root
    }

    /// All config groups of the search path that have options.
    public var groups: [String] { repository.groupsWithOptions() }

    /// The options of a config group, sorted.
    public func options(of group: String) -> [String] { repository.options(of: group) }
}
