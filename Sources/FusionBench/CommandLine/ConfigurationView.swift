import Configuration

/// What `--cfg` prints.
struct ConfigurationView {
    let part: CommandLineOptions.ConfigurationPart
    /// The key to show alone; nil for everything.
    let package: String?
    let resolves: Bool

    /// The text to print.
    ///
    /// - Throws: `ConfigurationError` if an interpolation cannot be resolved or the package is not there.
    func text(_ composed: ComposedConfiguration) throws -> String {
        let context = composed.context
        let root: ConfigurationNode
        switch part {
        case .job:
            composed.detachHydra()
            root = composed.job
        case .all:
            composed.attachHydra()
            root = composed.job
        case .hydra:
            composed.attachHydra()
            // Resolved among the other values, which its interpolations lead to, and then taken out.
            if resolves { try composed.job.resolveInPlace(in: context) }
            root = composed.hydraWithoutHelp()
        }
        guard let package, package != "_global_" else {
            if resolves { try root.resolveInPlace(in: context) }
            return root.yaml
        }
        guard let node = try root.valueNode(at: package, in: context) else {
            throw ConfigurationError(.packageNotFound(package))
        }
        guard node.isContainer else { return node.pythonString + "\n" }
        if resolves { try node.resolveInPlace(in: context) }
        return "# @package \(package)\n" + node.yaml
    }
}
