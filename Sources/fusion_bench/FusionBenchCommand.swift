public import ArgumentParser
import Fabric
public import FusionBench
import Glibc

/// The command `fusion_bench`: flags and exit codes; everything else is in the library.
@main
struct FusionBenchCommand: ParsableArguments {
    @Argument(help: "key=value and its relatives; see docs/configuration", completion: .none)
    var overrides: [String] = []

    @Flag(name: [.customShort("h"), .customLong("help")], help: "Show the help of the application")
    var help = false

    @Flag(name: .customLong("hydra-help"), help: "Show the help about the settings of the run")
    var hydraHelp = false

    @Flag(name: .customLong("version"), help: "Show the version")
    var version = false

    @Option(
        name: [.customShort("c"), .customLong("cfg")],
        help: ArgumentHelp("Show a part of the configuration instead of running it", valueName: "job|hydra|all"))
    var shownPart: CommandLineOptions.ConfigurationPart?

    @Flag(name: .customLong("resolve"), help: "With --cfg: resolve interpolations")
    var resolve = false

    @Option(
        name: [.customShort("p"), .customLong("package")],
        help: ArgumentHelp("With --cfg: show what is under this key", valueName: "key"))
    var package: String?

    @Flag(name: [.customShort("r"), .customLong("run")], help: "Run one job (the default)")
    var run = false

    @Flag(name: [.customShort("m"), .customLong("multirun")], help: "Run a job for every combination of swept values")
    var multirun = false

    @Flag(
        name: .customLong("resume"),
        help: "Go on from the last kept state of a training; with --multirun: skip the jobs that are done")
    var resume = false

    @Flag(
        name: .customLong("keep-going"),
        help: ArgumentHelp("With --multirun: run the other jobs after a failure", visibility: .default))
    var keepGoing = false

    @Flag(name: .customLong("fail-fast"), help: "With --multirun: stop at the first failure (the default)")
    var failFast = false

    @Flag(name: .customLong("check"), help: "Look for everything that could be wrong with a job, without doing it")
    var check = false

    @Flag(name: .customLong("quiet"), help: "Show no progress, and of the log only warnings and errors")
    var quiet = false

    @Option(
        name: .customLong("explain"),
        help: ArgumentHelp("Show a value, where it was set and what it overrode", valueName: "key"))
    var explain: String?

    @Flag(
        name: [.customLong("sc", withSingleDash: true), .customLong("shell-completion")],
        help: "Print completion for a shell: install=bash|fish|zsh")
    var shellCompletion = false

    @Option(
        name: [.customLong("cp", withSingleDash: true), .customLong("config-path")],
        help: ArgumentHelp("The configuration directory", valueName: "directory"))
    var configPath: String?

    @Option(
        name: [.customLong("cn", withSingleDash: true), .customLong("config-name")],
        help: ArgumentHelp("The configuration to start from (default: fabric_model_fusion)", valueName: "name"))
    var configName: String?

    @Option(
        name: [.customLong("cd", withSingleDash: true), .customLong("config-dir")],
        help: ArgumentHelp("A further directory of configurations", valueName: "directory"))
    var configDirectory: String?

    @Option(
        name: [.customShort("i"), .customLong("info")], defaultAsFlag: .all,
        help: ArgumentHelp(
            "Tell how the configuration comes about",
            valueName: "all|config|defaults|defaults-tree|plugins|searchpath"))
    var topic: CommandLineOptions.Topic?

    static func main() {
        LaunchStage.continueLaunch()
        do {
            let command = try parse(ArgumentSpelling.normalized(Array(CommandLine.arguments.dropFirst())))
            Glibc.exit(CommandLineApplication(command.options).run())
        } catch {
            CommandLineApplication.reportUsage("error: \(message(for: error))\nSee 'fusion_bench --help'.")
            Glibc.exit(2)
        }
    }

    func validate() throws {
        let commands = [
            run, check, multirun && shownPart == nil, shownPart != nil, shellCompletion, topic != nil, explain != nil,
        ]
        if commands.count(where: { $0 }) > 1 {
            throw ValidationError(
                "Only one of --run, --check, --multirun, --cfg, --info, --explain and --shell-completion can be given")
        }
        if resolve, shownPart == nil, !help { throw ValidationError("--resolve needs --cfg or --help") }
        if keepGoing || failFast, !multirun {
            throw ValidationError("--keep-going and --fail-fast need --multirun")
        }
        if keepGoing, failFast { throw ValidationError("Only one of --keep-going and --fail-fast can be given") }
    }

    private var options: CommandLineOptions {
        var options = CommandLineOptions()
        options.overrides = overrides
        options.configPath = configPath
        options.configDirectory = configDirectory
        if let configName { options.configName = configName }
        options.shownPart = shownPart
        options.package = package
        options.resolves = resolve
        options.topic = topic
        options.explainedKey = explain
        options.showsHelp = help
        options.showsHydraHelp = hydraHelp
        options.showsVersion = version
        options.completesShell = shellCompletion
        options.runs = run
        options.runsSeveral = multirun
        options.resumes = resume
        options.keepsGoing = keepGoing
        options.checks = check
        options.isQuiet = quiet
        options.flagHelp = Self.flagHelp
        return options
    }

    /// The flags, from the parser's own help, which ends with its built-in help flag.
    private static var flagHelp: String {
        let lines = helpMessage(columns: 110).split(separator: "\n", omittingEmptySubsequences: false)
        let flags = lines.drop { $0 != "OPTIONS:" }.dropFirst().filter { !$0.isEmpty }.dropLast()
        return flags.joined(separator: "\n") + "\n"
    }
}

extension CommandLineOptions.ConfigurationPart: ExpressibleByArgument {}
extension CommandLineOptions.Topic: ExpressibleByArgument {}
