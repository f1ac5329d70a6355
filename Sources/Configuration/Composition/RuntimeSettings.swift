import OperatingSystem
import OrderedCollections

/// Fills in what the `hydra` node says about the run.
struct RuntimeSettings {
    let request: CompositionRequest
    let hydra: ConfigurationNode
    let context: ResolutionContext

    private let origin = Origin(.runtime)

    func fill(
        overrides: [Override], choices: OrderedDictionary<String, DefaultsItem.Choice>, sources: [ConfigurationSource]
    ) throws {
        for override in overrides {
            hydra["overrides"]?[override.isHydra ? "hydra" : "task"]?.append(text(override.argument))
        }
        guard let runtime = hydra["runtime"], let job = hydra["job"] else { return }
        let chosen = ConfigurationNode.emptyMapping(origin: origin)
        for (slot, choice) in choices {
            if case .option(let name) = choice {
                chosen.set(.string(slot), text(name))
            } else {
                chosen.set(.string(slot), ConfigurationNode(.scalar(.null), origin: origin))
            }
        }
        try runtime["choices"]?.merge(chosen, in: context)
        try copyEnvironment(of: job)

        try set(runtime, "version", Composer.hydraVersion)
        try set(runtime, "version_base", "1.3")
        try set(runtime, "cwd", FileSystem.workingDirectory)
        let places = sources.map { ($0.path, $0.scheme, $0.provider) } + [("", "structured", "schema")]
        let list = places.map { path, schema, provider in
            let node = ConfigurationNode.emptyMapping(origin: origin)
            node.set("path", text(path))
            node.set("schema", text(schema))
            node.set("provider", text(provider))
            return node
        }
        runtime.set("config_sources", ConfigurationNode(.sequence(list), origin: origin))

        if job["name"]?.isMissing ?? true { try set(job, "name", request.jobName) }
        let settings = try job.select("config.override_dirname", in: context)
        let name = try Self.directoryName(of: overrides.filter { !$0.isHydra }, settings: settings, in: context)
        try set(job, "override_dirname", name)
        try set(job, "config_name", request.configName)
    }

    private func text(_ text: String) -> ConfigurationNode {
        (try? ConfigurationNode(text: text, origin: origin))
            ?? ConfigurationNode(.scalar(.string(text)), origin: origin)
    }

    private func set(_ node: ConfigurationNode, _ key: String, _ value: String) throws {
        node.set(.string(key), try text(value).validated(as: node.type.child(.string(key))))
    }

    /// `hydra.job.env_copy`: variables of this process that jobs get.
    private func copyEnvironment(of job: ConfigurationNode) throws {
        for item in job["env_copy"]?.items ?? [] {
            guard let name = try item.dereferenced(in: context).string else { continue }
            guard let value = context.environment[name] else {
                throw ConfigurationError(.environmentVariableNotSet(name), at: item.origin)
            }
            job["env_set"]?.set(.string(name), text(value))
        }
    }

    /// The job's overrides as a directory name: sorted, joined, equals signs replaced, as
    /// `hydra.job.config.override_dirname` (`settings`) asks.
    static func directoryName(
        of overrides: [Override], settings: ConfigurationNode?, in context: ResolutionContext
    ) throws -> String {
        func setting(_ key: String) throws -> ConfigurationNode? { try settings?.select(key, in: context) }
        let excluded = Set(
            try setting("exclude_keys")?.items?.map { try $0.dereferenced(in: context).pythonString } ?? [])
        let separator = try setting("item_sep")?.string ?? ","
        let equals = try setting("kv_sep")?.string ?? "="
        return overrides.filter { !excluded.contains($0.key) }.map(\.argument)
            .sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
            .joined(separator: separator).replacing("=", with: equals)
    }
}
