import Configuration
import Fabric
import Glibc
import Logging
import OperatingSystem

/// Runs the program of one composed configuration: run directory, log, environment, program.
struct JobRunner {
    let registry: TargetRegistry
    let console: Console
    /// Whether no progress is shown, and of the log only warnings and errors.
    let isQuiet: Bool
    /// Whether long work goes on from what a former run has kept of it.
    let resumes: Bool

    /// Runs a single job in `hydra.run.dir`, in this process or, launched anew, in several.
    ///
    /// Further ranks get the `arguments` of the command line.
    func runSingle(_ composed: ComposedConfiguration, arguments: [String]) throws {
        composed.attachHydra()
        guard let fabric = try FabricSession.start(composed, arguments: arguments, isQuiet: isQuiet, console: console)
        else { return }
        composed.context.moment = try FabricSession.sharedMoment(fabric)
        try run(composed, directory: try composed.setting("run.dir") ?? ".", fabric: fabric)
        try fabric.finish()
    }

    /// Runs a job of a sweep in `hydra.sweep.dir`/`hydra.sweep.subdir`.
    ///
    /// With several ranks, they are launched with the `arguments`, which run this job alone.
    func runInSweep(_ composed: ComposedConfiguration, number: Int, arguments: [String]) throws {
        composed.attachHydra()
        try composed.setJobNumber(number)
        let directory = FileSystem.join(
            try composed.setting("sweep.dir") ?? "multirun", try Self.subdirectory(of: composed, number: number))
        let own = [
            Override.argument("hydra.run.dir", directory), "hydra.job.num=\(number)", "hydra.job.id=\(number)",
        ]
        guard
            let fabric = try FabricSession.start(
                composed, arguments: arguments + own, isQuiet: isQuiet, console: console)
        else {
            return
        }
        try run(composed, directory: directory, fabric: fabric)
    }

    /// Where in the sweep's directory a job writes.
    static func subdirectory(of composed: ComposedConfiguration, number: Int) throws -> String {
        try composed.setting("sweep.subdir") ?? String(number)
    }

    /// Checks a job without doing it: nothing is written, no ranks are started.
    func check(_ composed: ComposedConfiguration) throws {
        composed.attachHydra()
        try composed.setOutputDirectory(FileSystem.absolute(try composed.setting("run.dir") ?? "."))
        var configuration = try FabricConfiguration(composed.jobValue("fabric"))
        configuration.isQuiet = true
        JobLog.use(nil)
        try program(composed, Fabric(configuration)).check()
    }

    private func run(_ composed: ComposedConfiguration, directory: String, fabric: Fabric) throws {
        try composed.setOutputDirectory(FileSystem.absolute(directory))
        if fabric.isGlobalZero {
            try FileSystem.makeDirectory(directory)
            TemporaryFiles.removeStale(in: directory)
            if try composed.isPartOfSweep { JobOutcome.removeStale(from: directory) }
        }
        try fabric.barrier("run directory")
        let previousDirectory = FileSystem.workingDirectory
        let changesDirectory = try composed.flag("job.chdir") ?? false
        if changesDirectory, chdir(directory) != 0 { throw FileSystemError(path: directory, code: errno) }
        defer { if changesDirectory { _ = chdir(previousDirectory) } }

        // Global zero writes, logs and prints for all.
        JobLog.use(nil)
        if fabric.isGlobalZero {
            JobLog.use(try JobLog(composed: composed, console: console, isQuiet: isQuiet))
            try saveConfiguration(composed)
        }
        defer { JobLog.use(nil) }

        let environment = try EnvironmentOverride(composed.environmentSettings())
        defer { environment.restore() }
        try program(composed, fabric).run()
    }

    /// Writes `config.yaml`, `hydra.yaml` and `overrides.yaml` where `hydra.output_subdir` says.
    private func saveConfiguration(_ composed: ComposedConfiguration) throws {
        guard let name = try composed.outputSubdirectory() else { return }
        let directory = FileSystem.join(try composed.setting("runtime.output_dir") ?? ".", name)
        try FileSystem.makeDirectory(directory)
        for (file, text) in composed.savedFiles() {
            try FileSystem.write(text, to: FileSystem.join(directory, file))
        }
    }

    private func program(_ composed: ComposedConfiguration, _ fabric: Fabric) throws -> any Program {
        let value = try composed.resolvedJob()
        let instantiator = Instantiator(registry)
        let object = try instantiator.instantiate(value)
        guard let factory = object as? ProgramFactory else {
            throw CommandLineError.notAProgram(value["_target_"]?.string ?? "the configuration")
        }
        let surroundings = ProgramSurroundings(
            console: fabric.isGlobalZero ? console : console.silenced, fabric: fabric, configuration: value,
            instantiator: instantiator,
            outputDirectory: try composed.setting("runtime.output_dir") ?? ".",
            resumes: resumes, isPartOfSweep: try composed.isPartOfSweep)
        return try factory.make(surroundings)
    }
}

extension ComposedConfiguration {
    /// Whether the job is one of a sweep: these have numbers.
    fileprivate var isPartOfSweep: Bool {
        get throws { try setting("job.num") != nil }
    }
}

/// Sets environment variables for the time of a job.
private struct EnvironmentOverride {
    private let previous: [(name: String, value: String?)]

    init(_ variables: [(name: String, value: String)]) throws {
        previous = variables.map { ($0.name, ProcessEnvironment[$0.name]) }
        for (name, value) in variables { setenv(name, value, 1) }
    }

    func restore() {
        for (name, value) in previous {
            if let value { setenv(name, value, 1) } else { unsetenv(name) }
        }
    }
}
