import Glibc
import OperatingSystem
import Synchronization

/// The ranks of a job as one of them sees it: who it is, and what all do together.
///
/// All ranks make the same collective calls in the same order, each with the same name. A name and a number say which
/// call it is: when a rank stalls, the others' message names it.
public final class Fabric: Sendable {
    /// How the job is spread.
    public let configuration: FabricConfiguration
    /// The name of this rank's host.
    public let host: String
    let communicator: any Communicator
    let supervisor: Supervisor
    /// The largest number of elements in one message of MPI; longer ones are cut.
    ///
    /// Tests make it small.
    let largestCount: Int
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
    /// Threads for the units of this rank.
    public let threadCount: Int

    /// A job of one process; MPI is not touched.
    public convenience init(_ configuration: FabricConfiguration = FabricConfiguration()) {
        self.init(
            configuration, communicator: SingleCommunicator(),
            channel: InProcessControlChannel.channels(1, end: {})[0], announce: { Self.printError($0) })
    }

    /// A job that an MPI launcher started.
    ///
    /// - Throws: `FabricError` if MPI cannot be started.
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
        self.init(
            configuration, communicator: communicator, channel: try MPIControlChannel(communicator),
            largestCount: largestCount, announce: { Self.printError($0) })
        watch.ranksHaveMet()
    }

    init(
        _ configuration: FabricConfiguration, communicator: any Communicator, channel: any ControlChannel,
        largestCount: Int = 1 << 30, announce: @escaping @Sendable (String) -> Void
    ) {
        self.largestCount = largestCount
        self.configuration = configuration
        self.communicator = communicator
        host = HostName.current
        let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        threadCount = configuration.threadCount ?? max(1, cores / max(1, communicator.localSize))
        supervisor = Supervisor(
            channel: channel, timeout: configuration.timeout.map { .milliseconds(Int64($0 * 1000)) }, host: host,
            announce: announce)
        supervisor.start()
    }

    /// Ends the job of this rank in good order.
    ///
    /// All ranks do it together.
    ///
    /// - Throws: `FabricError` if MPI cannot be ended.
    public func finish() throws {
        // A rank that is done early must not end its supervisor while others still ask. Nor is it a stall that others
        // compute for longer than it, so this wait has no limit.
        try collective("barrier", "finish", isLimited: false) { try communicator.barrier() }
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
