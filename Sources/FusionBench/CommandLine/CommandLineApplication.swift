public import Configuration
import Fabric
import OperatingSystem

/// Does what the command line asks for and says how it went.
public struct CommandLineApplication {
    private let options: CommandLineOptions
    private let console = Console()
    private let registry: TargetRegistry

    /// An application that can make what the registry knows.
    public init(_ options: CommandLineOptions, registry: TargetRegistry = .fusionBench) {
        self.options = options
        self.registry = registry
    }

    /// Runs.
    ///
    /// - Returns: The exit code: 0, or another one after a failure, which has then been reported.
    public func run() -> Int32 {
        do {
            try perform()
            return 0
        } catch let failure as AlreadyReported {
            return failure.exitCode
        } catch {
            FabricSession.report(console.text(of: error), console: console)
            return 1
        }
    }

    /// Shows what is wrong with the arguments.
    ///
    /// In a job of several ranks, this is done once for all of them, and ends the job.
    public static func reportUsage(_ text: String) { FabricSession.report(text, console: Console()) }

    private func perform() throws {
        if options.showsVersion { return console.print(ProgramVersion.text) }
        if options.completesShell {
            return try ShellCompletion(options: options, console: console, composer: composer).perform()
        }
        if options.showsHydraHelp {
            return try HelpText(composer: composer, options: options).hydra().forEachLine(console.print)
        }
        if options.showsHelp {
            return try HelpText(composer: composer, options: options).application().forEachLine(console.print)
        }
        if let key = options.explainedKey {
            let composed = try composer(options.overrides, false).compose()
            return console.write(try Explanation(composed: composed, console: console).text(key))
        }
        if let topic = options.topic {
            return console.write(try Information(composer: composer, options: options).text(topic))
        }
        if let part = options.shownPart, !options.runsSeveral {
            let composed = try composer(options.overrides, false).compose()
            return console.write(
                try ConfigurationView(part: part, package: options.package, resolves: options.resolves).text(composed))
        }
        try runJobs()
    }

    private func runJobs() throws {
        MemoryAllocator.returnLargeBlocks()
        let mode = try RunMode.determine(options, composer: composer, console: console)
        let runner = JobRunner(
            registry: registry, console: console, isQuiet: options.isQuiet, resumes: options.resumes)
        switch mode {
        case .run:
            let composed = try composer(options.overrides + mode.override(options), false).compose()
            if options.checks { return try runner.check(composed) }
            try runner.runSingle(composed, arguments: Array(CommandLine.arguments.dropFirst()))
        case .multirun:
            if JobEnvironment.current == .rank { throw CommandLineError.sweepUnderLauncher }
            let sweep = SweepRunner(
                options: options, overrides: options.overrides + mode.override(options), composer: composer,
                runner: runner, console: console)
            if let part = options.shownPart { return try sweep.show(part) }
            try sweep.run()
        }
    }

    /// Makes a composer for overrides; the second argument says whether for several jobs.
    private func composer(_ overrides: [String], _ isMultirun: Bool) throws -> Composer {
        let directory: String
        if let path = options.configPath {
            directory = FileSystem.absolute(path)
        } else if let found = ConfigurationDirectory.find() {
            directory = found
        } else {
            throw CommandLineError.noConfigurationDirectory(ConfigurationDirectory.candidates)
        }
        var request = CompositionRequest(
            configDirectory: directory, configName: options.configName, overrides: overrides)
        request.additionalDirectory = options.configDirectory
        request.isMultirun = isMultirun
        let resolvers = ConfigurationPath([directory, options.configDirectory]).resolvers
        let composer = Composer(request, context: ResolutionContext(resolvers: resolvers), warn: console.warn)
        return FabricSession.isWarnedElsewhere ? composer.silenced() : composer
    }
}

/// Makes a composer for a list of overrides, for one job or several.
typealias MakeComposer = (_ overrides: [String], _ isMultirun: Bool) throws -> Composer

/// Thrown after a failure that has been shown already.
struct AlreadyReported: Error, CustomStringConvertible {
    let exitCode: Int32
    /// What was shown first; nil if this is not known.
    var message: String?

    var description: String { message ?? "the job ended with exit code \(exitCode)" }
}

/// What can be wrong with a command besides its configuration.
enum CommandLineError: Error, CustomStringConvertible {
    case noConfigurationDirectory([String])
    case unknownCompletion(String)
    case notAProgram(String)
    case sweepUnderLauncher

    var description: String {
        switch self {
        case .noConfigurationDirectory(let places):
            "No configuration directory was found. Name one with --config-path or FUSION_BENCH_CONFIG_PATH. Looked at:\n"
                + places.map { "  " + $0 }.joined(separator: "\n")
        case .unknownCompletion(let argument):
            "--shell-completion takes install=bash, install=fish or install=zsh (or uninstall=…), not '\(argument)'"
        case .notAProgram(let target): "'\(target)' is no program that can be run"
        case .sweepUnderLauncher:
            "A sweep starts its own ranks: run 'fusion_bench --multirun' without mpirun and set fabric.devices"
        }
    }
}

/// Whether one job is to be run or several.
enum RunMode: String {
    case run = "RUN"
    case multirun = "MULTIRUN"

    /// The flags decide, then `hydra.mode`.
    static func determine(
        _ options: CommandLineOptions, composer: MakeComposer, console: Console
    ) throws -> RunMode {
        let configured = try? composer(options.overrides, true).silenced().compose()
        let mode = configured?.hydra["mode"]?.string.flatMap(RunMode.init)
        if options.runsSeveral {
            if mode == .run { console.warn("--multirun is given, so hydra.mode=RUN is not heeded.") }
            return .multirun
        }
        return mode ?? .run
    }

    /// What is added to the overrides, as Hydra does.
    func override(_ options: CommandLineOptions) -> [String] { ["hydra.mode=\(rawValue)"] }
}

extension String {
    fileprivate func forEachLine(_ body: (String) -> Void) {
        for line in split(separator: "\n", omittingEmptySubsequences: false) { body(String(line)) }
    }
}
