import Glibc
import OperatingSystem

/// Starts a command as the ranks of a job, under `mpirun`.
public struct MPILauncher {
    private let configuration: FabricConfiguration
    /// The variables of this process.
    private let environment: [String: String]
    private let coreCount: Int

    /// A launcher for a job's shape.
    public init(_ configuration: FabricConfiguration, environment: [String: String]) {
        self.configuration = configuration
        self.environment = environment
        coreCount = Processor.allowedCoreCount
    }

    /// Variables that ranks on other hosts get too.
    private static let forwardedPrefixes = ["FUSION_BENCH_", "HF_", "HYDRA_", "OMP_", "OPENBLAS_", "CUDA_", "NO_COLOR"]

    /// With these settings a host that is lost is noticed within a minute; Open MPI's own take eight.
    private static let keepalive = [
        ("oob_tcp_keepalive_time", "30"), ("oob_tcp_keepalive_intvl", "10"), ("oob_tcp_keepalive_probes", "3"),
    ]

    /// The arguments of `mpirun`, the program's own included.
    public func arguments(program: String, arguments: [String]) -> [String] {
        // The configuration says how many ranks there are, whatever number of them a host or an allocation was meant for.
        var list = ["mpirun", "-n", String(configuration.worldSize), "--oversubscribe"]
        if geteuid() == 0 { list.append("--allow-run-as-root") }
        if let hostFile { list += ["--hostfile", hostFile] }
        if hostFile != nil || configuration.nodeCount > 1 {
            for (name, value) in Self.keepalive where environment["OMPI_MCA_" + name] == nil {
                list += ["--mca", name, value]
            }
        }
        if configuration.nodeCount > 1 { list += ["--map-by", "ppr:\(configuration.devices):node"] }
        let threads = configuration.threadCount ?? max(1, coreCount / configuration.devices)
        if configuration.nodeCount > 1 || configuration.devices * threads > coreCount {
            // The cores of other hosts are not known, and too few cores are better shared than fixed.
            list += ["--bind-to", "none"]
        } else {
            list += ["--map-by", "slot:PE=\(threads)", "--bind-to", "core"]
        }
        if configuration.tagsOutput { list.append("--tag-output") }
        list += StartReport.arguments
        for name in environment.keys.sorted() where Self.forwardedPrefixes.contains(where: name.hasPrefix) {
            list += ["-x", name]
        }
        return list + [program] + arguments
    }

    /// The file of hosts for `mpirun`.
    ///
    /// It asks Slurm itself, but knows of PBS only if it was built for it, which Debian's is not.
    private var hostFile: String? {
        if let file = configuration.hostFile { return file }
        guard configuration.nodeCount > 1, let file = environment["PBS_NODEFILE"], FileSystem.isFile(file) else {
            return nil
        }
        return file
    }

    /// Runs the command and waits; signals that end this process are handed on.
    ///
    /// If this process is killed, so that it can hand on nothing, `mpirun` is told to end too: see `LaunchStage`, which the
    /// program must enter first of all.
    ///
    /// - Returns: How the ranks ended.
    /// - Throws: `LaunchError` if `mpirun` cannot be started, or does not start the ranks in time.
    public func run(program: String, arguments: [String]) throws -> JobEnd {
        // What mpirun leaves when it is killed, such as ssh, is ended here.
        AdoptedProcesses.adopt()
        defer { AdoptedProcesses.end() }
        let mpirun = try LaunchedProcess(
            program: program, stage: LaunchStage(self.arguments(program: program, arguments: arguments)))
        let number = mpirun.number
        SignalForwarding.start(to: number)
        defer { SignalForwarding.stop() }
        let (status, reason) = try mpirun.wait(startLimit: configuration.timeout)
        let signal = status & 0x7F
        if signal == SIGKILL {
            AdoptedProcesses.end()
            OpenMPIFiles.remove(of: number, environment)
        }
        if let received = SignalForwarding.received, status != 0 {
            return JobEnd(signal: received, "error: The job was ended by signal \(received) (\(Self.name(received)))")
        }
        if signal == 0 { return JobEnd(exitCode: (status >> 8) & 0xFF, reason: reason) }
        return JobEnd(signal: signal, "error: mpirun was ended by signal \(signal) (\(Self.name(signal)))")
    }

    private static func name(_ signal: Int32) -> String { strsignal(signal).map { String(cString: $0) } ?? "" }
}

/// How the ranks of a job ended.
public struct JobEnd: Sendable {
    /// Their exit code, or 128 and the number of a signal.
    public let exitCode: Int32
    /// The first line of what was said about a failure, without where it was said; nil if nothing was.
    public let reason: String?

    init(exitCode: Int32, reason: String?) {
        self.exitCode = exitCode
        self.reason = reason
    }

    /// An end by a signal, of which nobody else has told.
    init(signal: Int32, _ message: String) {
        StandardStream.error.write(message + "\n")
        self.init(exitCode: 128 + signal, reason: message)
    }
}

/// `mpirun` cannot be started, or cannot start the ranks.
public enum LaunchError: Error, CustomStringConvertible {
    /// The system's error code.
    case system(code: Int32)
    /// Ranks should have started within some seconds.
    case timeout(seconds: Double)

    /// What to do about it.
    public var description: String {
        switch self {
        case .system(ENOENT):
            "'mpirun' was not found, which starts several processes. On Debian it is in the package openmpi-bin."
        case .system(let code): "'mpirun' cannot be started: \(String(cString: strerror(code)))"
        case .timeout(let seconds): "mpirun has not started the ranks within \(seconds) s: a host does not answer"
        }
    }
}
