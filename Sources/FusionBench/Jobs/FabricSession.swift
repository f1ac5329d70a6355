import Configuration
import Fabric
import OperatingSystem
import Synchronization

/// The ranks of this process's job: found in the environment, launched anew, or this process alone.
enum FabricSession {
    /// Set in the processes that a launch starts: they must be ranks.
    private static let launchVariable = "FUSION_BENCH_LAUNCHED"

    private enum State {
        /// The ranks have not met, or there is only one.
        case alone
        /// MPI is being started, which can be done once.
        case starting
        case together(Fabric)
    }

    private static let state = Mutex(State.alone)

    /// Joins the job's other ranks, if there are any.
    ///
    /// - Parameters:
    ///   - composed: The configuration; its `fabric` part says how many ranks there are to be.
    ///   - arguments: The arguments for further ranks.
    ///   - isQuiet: Whether no progress is shown.
    ///   - console: Where it is said that there are not as many ranks as the configuration asks for.
    /// - Returns: The ranks as this one sees them; nil if the job has been launched as processes of its own and is done.
    /// - Throws: An error of the settings or the launch; `AlreadyReported` if the launched ranks failed.
    static func start(
        _ composed: ComposedConfiguration, arguments: [String], isQuiet: Bool, console: Console
    ) throws -> Fabric? {
        var configuration = try FabricConfiguration(composed.jobValue("fabric"))
        configuration.isQuiet = isQuiet
        switch JobEnvironment.current {
        case .rank:
            state.withLock { $0 = .starting }
            let fabric = try Fabric(mpi: configuration)
            state.withLock { $0 = .together(fabric) }
            try compare(composed, fabric)
            if fabric.isGlobalZero, let text = warning(configuration, ranks: fabric.worldSize) { console.warn(text) }
            return fabric
        case .tasksWithoutMPI(let launcher, let count):
            throw FabricSessionError.tasksWithoutMPI(launcher: launcher, count: count)
        case .single where configuration.worldSize > 1:
            try launch(configuration, arguments: arguments)
            return nil
        case .single: return try Fabric(configuration)
        }
    }

    /// What is said if a launcher has started another number of ranks than the configuration asks for.
    ///
    /// That is no error: the number changes how long a job takes, not its result, and a configuration made for another
    /// machine should run here too. One rank is what a configuration asks for that says nothing.
    private static func warning(_ configuration: FabricConfiguration, ranks: Int) -> String? {
        guard configuration.worldSize > 1, configuration.worldSize != ranks else { return nil }
        return
            "'fabric' asks for \(configuration.worldSize) ranks, but \(ranks) \(ranks == 1 ? "was" : "were") started: "
            + "the job has \(ranks)"
    }

    /// Whether another process of the job warns of what can be known from the configuration.
    static var isWarnedElsewhere: Bool {
        ProcessEnvironment[launchVariable] != nil || JobEnvironment.rankNumber ?? 0 > 0
    }

    /// Sees that all ranks have the same configuration: they may be on hosts with different files.
    private static func compare(_ composed: ComposedConfiguration, _ fabric: Fabric) throws {
        guard fabric.worldSize > 1 else { return }
        let own = composed.jobText
        let first = String(decoding: try fabric.broadcast(Array(own.utf8), "configuration"), as: UTF8.self)
        if own != first { throw FabricSessionError.differentConfiguration(own: own, first: first) }
    }

    private static func launch(_ configuration: FabricConfiguration, arguments: [String]) throws {
        if ProcessEnvironment[launchVariable] != nil { throw FabricSessionError.launchedWithoutRanks }
        let added = [(name: launchVariable, value: "1")] + StandardStream.forRanks
        for variable in added { ProcessEnvironment.set(variable.name, variable.value) }
        defer { for variable in added { ProcessEnvironment.set(variable.name, nil) } }
        guard let program = FileSystem.resolved("/proc/self/exe") else { throw FabricSessionError.noProgram }
        let launcher = MPILauncher(configuration, environment: ProcessEnvironment.all)
        let end = try launcher.run(program: program, arguments: arguments)
        if end.exitCode == 0 { return }
        let label = "error: "
        let message = end.reason.map { $0.hasPrefix(label) ? String($0.dropFirst(label.count)) : $0 }
        throw AlreadyReported(exitCode: end.exitCode, message: message)
    }

    /// The time at which global zero started, on all ranks.
    static func sharedMoment(_ fabric: Fabric) throws -> LocalTime? {
        guard fabric.worldSize > 1 else { return nil }
        let now = LocalTime.now()
        let bytes = [Int64(now.secondsSince1970), Int64(now.microseconds)].fabricBytes
        let numbers = [Int64](fabricBytes: try fabric.broadcast(bytes, "start time"))
        return LocalTime(secondsSince1970: Int(numbers[0]), microseconds: Int(numbers[1]))
    }

    /// Shows the text of an error; in a job of several ranks, once for all of them, and ends the job.
    static func report(_ text: String, console: Console) {
        switch state.withLock({ $0 }) {
        case .together(let fabric) where fabric.worldSize > 1: return fabric.fail(text)
        case .alone where JobEnvironment.current == .rank:
            // Returns if this is the only rank. If MPI cannot be started, all ranks speak.
            if (try? Fabric.fail(beforeStart: text)) != nil { return }
        default: break
        }
        console.printError(text)
    }
}

/// What can be wrong with how a job was started.
enum FabricSessionError: Error, CustomStringConvertible {
    case tasksWithoutMPI(launcher: String, count: Int)
    /// The configurations of a rank and of global zero, as YAML.
    case differentConfiguration(own: String, first: String)
    case launchedWithoutRanks
    case noProgram

    var description: String {
        switch self {
        case .tasksWithoutMPI(let launcher, let count):
            "\(launcher) started \(count) tasks, but MPI cannot see that they belong together. "
                + "Use 'srun --mpi=pmix', or start the job with mpirun inside the allocation"
        case .differentConfiguration(let own, let first): Self.difference(own: own, first: first)
        case .launchedWithoutRanks: "mpirun started this process, but MPI's variables are not in its environment"
        case .noProgram: "The path of this program cannot be found (/proc is not there)"
        }
    }

    /// Names the first line that is different.
    private static func difference(own: String, first: String) -> String {
        let own = own.split(separator: "\n")
        let first = first.split(separator: "\n")
        let index = zip(own, first).enumerated().first { $1.0 != $1.1 }?.offset ?? min(own.count, first.count)
        func line(_ lines: [Substring]) -> String {
            index < lines.count ? "'\(lines[index].drop { $0 == " " })'" : "nothing"
        }
        return "The configuration of this rank has \(line(own)) in line \(index + 1), where that of rank 0 has "
            + "\(line(first)). All ranks need the same arguments and the same configuration files"
    }
}
