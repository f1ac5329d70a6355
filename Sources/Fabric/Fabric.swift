import Glibc
import OperatingSystem
import Synchronization
public import Tensors

/// The ranks of a job as one of them sees it: who it is, and what all do together.
///
/// All ranks make the same collective calls in the same order, each with the same name. A name and a number say which
/// call it is: when a rank stalls, the others' message names it.
public final class Fabric: Sendable {
    /// How the job is spread.
    public let configuration: FabricConfiguration
    /// The name of this rank's host.
    public let host: String
    /// What this rank computes on.
    public let device: Device
    /// Threads for the units of this rank.
    public let threadCount: Int
    let communicator: any Communicator
    let supervisor: Supervisor
    /// The calls that the program waits in.
    let foreground: CallSequence
    /// The calls that go on while the program does something else.
    let background: CallSequence
    let backgroundCalls = BackgroundCalls()
    let metricLoggers = Mutex<[any MetricLogger]>([])
    let progressCounts = ProgressCounts()
    private let storedSeed = Mutex<UInt64?>(nil)

    /// This rank, from 0.
    public var rank: Int { communicator.rank }
    /// The number of ranks.
    public var worldSize: Int { communicator.size }
    /// This rank among those of its host, from 0.
    public var localRank: Int { communicator.localRank }
    /// The number of the host among the hosts, if all have as many ranks.
    public var nodeRank: Int { communicator.rank / max(1, communicator.localSize) }
    /// Whether this is rank 0, which writes, logs and prints for all.
    public var isGlobalZero: Bool { rank == 0 }

    /// A job of one process; MPI is not touched.
    ///
    /// - Throws: `DeviceError` if there is no device of the kind that is asked for.
    public convenience init(_ configuration: FabricConfiguration = FabricConfiguration()) throws {
        try self.init(
            configuration, communicator: SingleCommunicator(),
            channel: InProcessControlChannel.channels(1, end: {})[0], announce: { Self.printError($0) })
    }

    /// A job that an MPI launcher started.
    ///
    /// - Throws: `FabricError` if MPI cannot be started; `DeviceError` if there is no device of the kind that is asked for.
    public convenience init(mpi configuration: FabricConfiguration) throws {
        try self.init(mpi: configuration, failure: nil)
    }

    /// As above.
    ///
    /// - Parameters:
    ///   - configuration: How the job is spread.
    ///   - largestCount: Tests let messages be cut into small pieces.
    ///   - failure: What a rank that has failed already says if the others do not come to hear it.
    /// - Throws: `FabricError` if MPI cannot be started.
    package convenience init(
        mpi configuration: FabricConfiguration, largestCount: Int = 1 << 30, failure: String? = nil
    ) throws {
        StartReport.give()
        let watch = RankWatch(limit: configuration.timeout, message: failure, announce: { Self.printError($0) })
        let communicator = try MPICommunicator()
        var configuration = configuration
        configuration.checksCalls = try Self.isTrueSomewhere(configuration.checksCalls, communicator)
        try self.init(
            configuration, communicator: communicator, channel: try MPIControlChannel(communicator),
            largestCount: largestCount, announce: { Self.printError($0) })
        watch.ranksHaveMet()
    }

    /// Tests let messages be cut into small pieces.
    init(
        _ configuration: FabricConfiguration, communicator: any Communicator, channel: any ControlChannel,
        largestCount: Int = 1 << 30, announce: @escaping @Sendable (String) -> Void
    ) throws {
        // Before the first unit, and before the library's threads are wanted.
        LinearAlgebraLibrary.useCallingThreadOnly()
        self.configuration = configuration
        self.communicator = communicator
        let host = HostName.current
        self.host = host
        threadCount = configuration.threadCount ?? max(1, Processor.allowedCoreCount / max(1, communicator.localSize))
        device = try configuration.accelerator.device(localRank: communicator.localRank)
        let supervisor = Supervisor(
            channel: channel, timeout: configuration.timeout.map { .milliseconds(Int64($0 * 1000)) }, host: host,
            announce: announce)
        func sequence(_ track: Place.Track, _ communicator: any Communicator) -> CallSequence {
            CallSequence(
                track, communicator: communicator, supervisor: supervisor, checksCalls: configuration.checksCalls,
                host: host, largestCount: largestCount)
        }
        self.supervisor = supervisor
        foreground = sequence(.foreground, communicator)
        background = sequence(.background, try communicator.duplicated())
        let counts = progressCounts
        supervisor.start { counts.take($0, from: $1) }
    }

    /// Ends the job of this rank in good order.
    ///
    /// All ranks do it together.
    ///
    /// - Throws: `FabricError` if MPI cannot be ended, `MetricLoggerError` if a logger cannot write, or the error of a call
    ///   in the background that nobody has waited for.
    public func finish() throws {
        try backgroundCalls.finish()
        try finalizeLoggers()
        // A rank that is done early must not end its supervisor while others still ask. Nor is it a stall that others
        // compute for longer than it, so this wait has no limit.
        try foreground.collective("barrier", "finish", isLimited: false) { try communicator.barrier() }
        supervisor.stop()
        try (communicator as? MPICommunicator)?.finish()
    }

    /// Tells all ranks that this one failed, and ends the job: the message is printed once.
    ///
    /// With MPI this does not return.
    public func fail(_ message: String) { supervisor.fail(message) }

    /// Prints on global zero; other ranks keep silent.
    public func print(_ text: String) {
        guard isGlobalZero else { return }
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }

    /// Sets the seed of the job.
    ///
    /// Random numbers are made from it, a purpose and their place, so they do not depend on ranks.
    public func seedEverything(_ seed: UInt64) { storedSeed.withLock { $0 = seed } }

    /// The seed of the job; nil if none was set.
    public var seed: UInt64? { storedSeed.withLock { $0 } }

    /// Writes the message that ends a job, and gives mpirun, which reads it from a pipe, a moment to take all of it.
    ///
    /// What is still in the pipe when the job is ended may be lost.
    private static func printError(_ text: String) {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN {
                usleep(1000)
            } else if count < 0, errno != EINTR {
                return
            }
            rest = rest.dropFirst(max(0, count))
        }
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return }
        for _ in 0..<500 {
            var unread: Int32 = 0
            guard ioctl(STDERR_FILENO, UInt(FIONREAD), &unread) == 0, unread > 0 else { return }
            usleep(1000)
        }
    }
}
