/// What the flags of the command line ask for.
public struct CommandLineOptions: Sendable {
    /// A part of the composed configuration.
    public enum ConfigurationPart: String, CaseIterable, Sendable {
        case job
        case hydra
        case all
    }

    /// What `--info` tells about.
    public enum Topic: String, CaseIterable, Sendable {
        case all
        case config
        case defaults
        case defaultsTree = "defaults-tree"
        case plugins
        case searchpath
    }

    /// `key=value` and its relatives, in order.
    public var overrides: [String] = []
    /// `--config-path`.
    public var configPath: String?
    /// `--config-dir`.
    public var configDirectory: String?
    /// `--config-name`.
    public var configName = "fabric_model_fusion"
    /// `--cfg`.
    public var shownPart: ConfigurationPart?
    /// `--package`.
    public var package: String?
    /// `--resolve`.
    public var resolves = false
    /// `--info`.
    public var topic: Topic?
    /// `--explain`.
    public var explainedKey: String?
    /// `--help`.
    public var showsHelp = false
    /// `--hydra-help`.
    public var showsHydraHelp = false
    /// `--version`.
    public var showsVersion = false
    /// `--shell-completion`.
    public var completesShell = false
    /// `--run`.
    public var runs = false
    /// `--multirun`.
    public var runsSeveral = false
    /// `--resume`.
    public var resumes = false
    /// `--keep-going`.
    public var keepsGoing = false
    /// `--check`, or `check` before all other arguments.
    public var checks = false
    /// `--quiet`.
    public var isQuiet = false
    /// What the help says about the flags, one a line.
    public var flagHelp = ""

    /// Options without any flag.
    public init() {}

    /// The flags that further processes of a job get: where configurations are, and what is shown.
    var jobArguments: [String] {
        var arguments = ["--config-name", configName]
        if let configPath { arguments += ["--config-path", configPath] }
        if let configDirectory { arguments += ["--config-dir", configDirectory] }
        if isQuiet { arguments.append("--quiet") }
        if resumes { arguments.append("--resume") }
        return arguments
    }
}

/// What the program is called and which version it is.
public enum ProgramVersion {
    /// The name of the program.
    public static let name = "FusionBench in Swift"
    /// The version of the program.
    public static let number = "0.1.0"
    /// Name and version.
    public static let text = "fusion_bench \(number) (Swift; configurations as Hydra 1.3 and OmegaConf 2.3)"
}
