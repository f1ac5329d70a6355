import OperatingSystem

/// Composes configurations from a search path, defaults lists and overrides.
public struct Composer {
    /// The version of Hydra whose behaviour this is; reported as `hydra.runtime.version`.
    public static let hydraVersion = "1.3.8"

    private let request: CompositionRequest
    private let context: ResolutionContext
    private let warn: (String) -> Void

    /// - Parameters:
    ///   - request: What to compose.
    ///   - context: The resolvers and the environment.
    ///   - warn: Where warnings go.
    public init(_ request: CompositionRequest, context: ResolutionContext, warn: @escaping (String) -> Void = { _ in })
    {
        self.request = request
        self.context = context
        self.warn = warn
        context.warn = warn
    }

    /// Composes the configuration.
    ///
    /// - Throws: `ConfigurationError` that names the file and line, or the argument, of what is wrong.
    public func compose() throws -> ComposedConfiguration {
        let repository = try makeRepository()
        let overrides = try request.overrides.map(OverrideParser.parse)
        try extendSearchPath(of: repository, overrides)
        try checkSweeps(overrides)

        var builder = try DefaultsTreeBuilder(
            repository: repository, overrides: overrides, skipsMissing: request.isMultirun,
            context: context)
        let tree = try builder.build(primary: request.configName)
        let merged = try tree.configurationsToMerge()
        let root = try merge(merged, repository)
        let applier = OverrideApplier(root: root, context: context)
        for override in builder.overrides.valueOverrides { try applier.apply(override) }

        let hydra = root["hydra"] ?? .emptyMapping(origin: Origin(.runtime))
        try RuntimeSettings(request: request, hydra: hydra, context: context)
            .fill(overrides: overrides, choices: builder.overrides.known, sources: repository.sources)
        return ComposedConfiguration(
            job: root, hydra: hydra, overrides: overrides, merged: merged, tree: tree, repository: repository,
            context: context)
    }

    /// The search path without the places that the primary configuration adds.
    ///
    /// - Throws: `ConfigurationError` if a directory is not there.
    func makeRepository() throws -> ConfigurationRepository {
        for ending in [".yaml", ".yml"] where request.configDirectory.hasSuffix(ending) {
            throw ConfigurationError(.configNameIsPath(request.configDirectory))
        }
        guard FileSystem.isDirectory(request.configDirectory) else {
            throw ConfigurationError(.configDirectoryNotFound(path: request.configDirectory))
        }
        var sources = [
            ConfigurationSource(provider: "hydra", location: .builtIn),
            ConfigurationSource(provider: "main", path: FileSystem.absolute(request.configDirectory)),
        ]
        if let directory = request.additionalDirectory {
            let path = FileSystem.absolute(directory)
            guard FileSystem.isDirectory(path) else {
                throw ConfigurationError(.configDirectoryNotFound(path: path))
            }
            sources.append(ConfigurationSource(provider: "command-line", path: path))
        }
        return ConfigurationRepository(sources: sources)
    }

    /// Adds `hydra.searchpath` of the command line, or else of the primary configuration.
    private func extendSearchPath(of repository: ConfigurationRepository, _ overrides: [Override]) throws {
        let node: ConfigurationNode
        let provider: String
        if let override = overrides.first(where: { $0.prefixedKey == "hydra.searchpath" }), let value = override.element
        {
            node = try value.node(origin: Origin(.commandLine(argument: override.argument)))
            provider = "hydra.searchpath in command-line"
        } else {
            guard let primary = try repository.load(request.configName) else { return }
            guard primary.content.isMapping else {
                throw ConfigurationError(.primaryIsNotMapping(name: request.configName), at: primary.content.origin)
            }
            guard let found = try primary.content.select("hydra.searchpath", in: context) else { return }
            node = found
            provider = "hydra.searchpath in main"
        }
        if node.isNull || node.isMissing { return }
        guard let items = node.items else {
            throw ConfigurationError(.searchPathNotStrings(found: node.kindName), at: node.origin)
        }
        let sources = try items.map { item in
            guard let path = try item.dereferenced(in: context).string else {
                throw ConfigurationError(.searchPathNotStrings(found: item.kindName), at: item.origin)
            }
            return ConfigurationSource(provider: provider, path: path)
        }
        for source in sources where !source.isAvailable {
            warn("The search path's entry \(source.description) (\(source.provider)) is not available.")
        }
        repository.append(sources)
    }

    private func checkSweeps(_ overrides: [Override]) throws {
        for override in overrides {
            guard case .sweep(let sweep) = override.value else { continue }
            let origin = Origin(.commandLine(argument: override.argument))
            if request.isMultirun {
                if override.isHydra {
                    throw ConfigurationError(.sweepOverHydra(argument: override.argument), at: origin)
                }
            } else if case .choice(_, isSimple: true) = sweep.values {
                throw ConfigurationError(.ambiguousSweep(argument: override.argument), at: origin)
            } else {
                throw ConfigurationError(.sweepNeedsMultirun(argument: override.argument), at: origin)
            }
        }
    }

    private func merge(
        _ list: [ConfigurationToMerge], _ repository: ConfigurationRepository
    ) throws -> ConfigurationNode {
        let root = ConfigurationNode.emptyMapping(origin: Origin(.runtime))
        for entry in list {
            guard let loaded = try repository.load(entry.path) else { continue }
            let content = loaded.content.copy()
            var tree = content
            if !entry.package.isEmpty {
                tree = .emptyMapping(origin: content.origin)
                try tree.update(entry.package, with: content, policy: .mayAddKeys, merging: false, in: context)
            }
            if !entry.isPrimary, entry.path != "hydra/config", let node = tree["hydra"]?["searchpath"] {
                throw ConfigurationError(.searchPathNotInPrimary, at: node.keyOrigin ?? node.origin)
            }
            try root.merge(tree, in: context)
            if entry.path == "hydra/config", let hydra = root["hydra"] {
                _ = try hydra.validated(as: HydraSettingsType.settings)
                if let sweeper = hydra["sweeper"], sweeper["_target_"]?.string == HydraSettingsType.basicSweeperTarget {
                    _ = try sweeper.validated(as: HydraSettingsType.basicSweeper)
                }
            }
        }
        return root
    }
}

extension Composer {
    /// What can be completed on a command line that asks for this composition.
    ///
    /// - Throws: `ConfigurationError` if the configuration directory is not there.
    public func completion() throws -> Completion {
        let repository = try makeRepository()
        return Completion(repository: repository, composed: try? compose())
    }

    /// The same composer, without warnings.
    public func silenced() -> Composer {
        Composer(request, context: ResolutionContext(resolvers: context.resolvers, environment: context.environment))
    }
}
