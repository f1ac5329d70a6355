import OrderedCollections

extension ComposedConfiguration {
    /// A setting of the run as text, interpolations resolved; nil if it is null or missing.
    public func setting(_ path: String) throws -> String? {
        try hydra.valueNode(at: path, in: context)?.pythonString
    }

    /// A boolean setting of the run; nil if it is null or missing.
    public func flag(_ path: String) throws -> Bool? {
        guard case .boolean(let flag)? = try hydra.valueNode(at: path, in: context)?.scalar else { return nil }
        return flag
    }

    /// A setting of the run as an immutable value, interpolations resolved.
    public func settingValue(_ path: String) throws -> ConfigurationValue? {
        guard let node = try hydra.valueNode(at: path, in: context) else { return nil }
        let copy = node.copy()
        copy.parent = node.parent
        copy.key = node.key
        try copy.resolveInPlace(in: context)
        return copy.value
    }

    /// Gives the job its number in a sweep.
    public func setJobNumber(_ number: Int) throws {
        guard let job = hydra["job"] else { return }
        let origin = Origin(.runtime)
        job.set("id", ConfigurationNode(.scalar(.string(String(number))), origin: origin))
        job.set("num", ConfigurationNode(.scalar(.integer(WholeNumber(number))), origin: origin))
    }

    /// Says where the job writes.
    public func setOutputDirectory(_ path: String) throws {
        hydra["runtime"]?.set("output_dir", ConfigurationNode(.scalar(.string(path)), origin: Origin(.runtime)))
    }

    /// The directory for the files of `savedFiles`, relative to the output directory; nil if they are not wanted.
    public func outputSubdirectory() throws -> String? {
        guard let node = try hydra.select("output_subdir", in: context), !node.isNull, !node.isMissing else {
            return nil
        }
        return node.pythonString
    }

    /// What Hydra saves beside a job's output: the configuration, the settings of the run, the overrides.
    public func savedFiles() -> [(name: String, text: String)] {
        let settings = ConfigurationNode.emptyMapping(origin: Origin(.runtime))
        settings.set("hydra", hydra.copy())
        let overrides = hydra["overrides"]?["task"]?.yaml ?? "[]\n"
        return [("config.yaml", jobText), ("hydra.yaml", settings.yaml), ("overrides.yaml", overrides)]
    }

    /// The whole configuration with the settings of the run, as `multirun.yaml` holds it.
    public var wholeText: String { job.yaml }

    /// The configuration without the settings of the run, not resolved, as `config.yaml` holds it.
    public var jobText: String { jobWithoutHydra().yaml }

    private func jobWithoutHydra() -> ConfigurationNode {
        let copy = job.copy()
        copy.remove("hydra")
        return copy
    }

    /// The environment variables that the job gets.
    public func environmentSettings() throws -> [(name: String, value: String)] {
        try hydra["job"]?["env_set"]?.entries?.map { key, node in
            (key.description, try node.dereferenced(in: context).pythonString)
        } ?? []
    }

    /// The job's part of the configuration, resolved; the settings of the run stay reachable for `${hydra:…}`.
    ///
    /// - Throws: `ConfigurationError` if an interpolation cannot be resolved.
    public func resolvedJob() throws -> ConfigurationValue {
        // As in Hydra, `${hydra.…}` leads nowhere for the program: the node is not part of the job.
        let copy = jobWithoutHydra()
        try copy.resolveInPlace(in: context)
        return copy.value
    }

    /// The values of a setting that lists strings by key, such as `hydra.sweeper.params`.
    public func sweeperParameters() throws -> [String] {
        try hydra["sweeper"]?["params"]?.entries?.map { key, node in
            "\(key.description)=\(try node.dereferenced(in: context).pythonString)"
        } ?? []
    }

    /// The overrides of the run itself, which every job of a sweep gets.
    public var hydraOverrides: [String] { overrides.filter(\.isHydra).map(\.argument) }

    /// The overrides of the job, sweeps included.
    public var taskOverrides: [String] { overrides.filter { !$0.isHydra }.map(\.argument) }

    /// Hands the times that `${now:…}` gave to another configuration, so that both agree.
    public func shareMoments(with other: ResolutionContext) {
        other.momentsByPattern = context.momentsByPattern
    }
}

extension ComposedConfiguration {
    /// A part of the job's configuration, resolved; nil if it is not there.
    public func jobValue(_ key: String) throws -> ConfigurationValue? {
        guard let node = job[key] else { return nil }
        let copy = try node.dereferenced(in: context).copy()
        copy.parent = job
        copy.key = .string(key)
        try copy.resolveInPlace(in: context)
        return copy.value
    }
}
