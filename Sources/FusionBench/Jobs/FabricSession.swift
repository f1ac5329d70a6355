import Configuration
import Fabric
import OperatingSystem
import Synchronization

/// The ranks of this process's job: found in the environment, launched anew, or this process alone.
enum FabricSession {
    /// Set in the processes that a launch starts: they must be ranks.
    private static let launchVariable = "FUSION_BENCH_LAUNCHED"

    private static let current = Mutex<Fabric?>(nil)

    /// Joins the job's other ranks, if there are any.
    ///
    /// - Parameters:
    ///   - composed: The configuration; its `fabric` part says how many ranks there are to be.
    ///   - arguments: The arguments for further ranks.
    ///   - isQuiet: Whether no progress is shown.
    /// - Returns: The ranks as this one sees them; nil if the job has been launched as processes of its own and is done.
    /// - Throws: An error of the settings or the launch; `AlreadyReported` if the launched ranks failed.
    static func start(_ composed: ComposedConfiguration, arguments: [String], isQuiet: Bool) throws -> Fabric? {
        var configuration = try FabricConfiguration(composed.jobValue("fabric"))
        configuration.isQuiet = isQuiet
        let fabric: Fabric
        switch JobEnvironment.current {
        case .rank: fabric = try Fabric(mpi: configuration)
        case .tasksWithoutMPI(let launcher, let count):
            throw FabricSessionError.tasksWithoutMPI(launcher: launcher, count: count)
        case .single where configuration.worldSize > 1:
            try launch(configuration, arguments: arguments)
            return nil
        case .single: fabric = try Fabric(configuration)
        }
        current.withLock { $0 = fabric }
        return fabric
    }

    private static func launch(_ configuration: FabricConfiguration, arguments: [String]) throws {
        if ProcessEnvironment[launchVariable] != nil { throw FabricSessionError.launchedWithoutRanks }
        let added = [(name: launchVariable, value: "1")] + StandardStream.forRanks
        for variable in added { ProcessEnvironment.set(variable.name, variable.value) }
        defer { for variable in added { ProcessEnvironment.set(variable.name, nil) } }
        guard let program = FileSystem.resolved("/proc/self/exe") else { throw FabricSessionError.noProgram }
        let launcher = MPILauncher(configuration, environment: ProcessEnvironment.all)
        let code = try launcher.run(program: program, arguments: arguments)
        if code != 0 { throw AlreadyReported(exitCode: code) }
    }

    /// The time at which global zero started, on all ranks.
    static func sharedMoment(_ fabric: Fabric) throws -> LocalTime? {
        guard fabric.worldSize > 1 else { return nil }
        let now = LocalTime.now()
        let bytes = [Int64(now.secondsSince1970), Int64(now.microseconds)].fabricBytes
        let numbers = [Int64](fabricBytes: try fabric.broadcast(bytes, "start time"))
        return LocalTime(secondsSince1970: Int(numbers[0]), microseconds: Int(numbers[1]))
    }

    /// Shows an error; in a job of several ranks, once for all of them, and ends the job.
    static func report(_ error: any Error, console: Console) {
        if current.withLock({ $0 }) == nil, JobEnvironment.current == .rank {
            // The error came before the ranks met: they meet to say it once.
            let fabric = try? Fabric(mpi: FabricConfiguration())
            current.withLock { $0 = fabric }
        }
        if let fabric = current.withLock({ $0 }), fabric.worldSize > 1 {
            fabric.fail(console.text(of: error))
        } else {
            console.report(error)
        }
    }
}

/// What can be wrong with how a job was started.
enum FabricSessionError: Error, CustomStringConvertible {
    case tasksWithoutMPI(launcher: String, count: Int)
    case launchedWithoutRanks
    case noProgram

    var description: String {
        switch self {
        case .tasksWithoutMPI(let launcher, let count):
            "\(launcher) started \(count) tasks, but MPI cannot see that they belong together. "
                + "Use 'srun --mpi=pmix', or start the job with mpirun inside the allocation"
        case .launchedWithoutRanks: "mpirun started this process, but MPI's variables are not in its environment"
        case .noProgram: "The path of this program cannot be found (/proc is not there)"
        }
    }
}
