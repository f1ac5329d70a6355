/// What to compose, as the command line says it.
public struct CompositionRequest: Sendable {
    /// The directory of `--config-path`, or the default one.
    public var configDirectory: String
    /// `--config-dir`: an additional directory.
    public var additionalDirectory: String?
    /// `--config-name`.
    public var configName: String
    /// The other arguments.
    public var overrides: [String]
    /// Whether several jobs are to be run: open choices and sweeps are then no errors.
    public var isMultirun = false
    /// `hydra.job.name`.
    public var jobName = "cli"

    /// A request for one job.
    public init(configDirectory: String, configName: String, overrides: [String]) {
        self.configDirectory = configDirectory
        self.configName = configName
        self.overrides = overrides
    }
}
