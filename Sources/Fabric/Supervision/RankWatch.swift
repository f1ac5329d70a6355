import Glibc
import OperatingSystem
import Synchronization

/// Watches a rank from before MPI starts until its process ends.
///
/// MPI's own start waits without limit for ranks that do not come: if it takes too long, this ends the process, and
/// `mpirun` then ends the others.
///
/// It also ends the process when what started it has died. Open MPI notices that some seconds later, and then ends the
/// process in a way that leaves temporary files and shared memory behind.
///
/// On other hosts than `mpirun`'s, its daemon there kills ranks when it has lost `mpirun`, and then ends without removing
/// anything. A small process that outlives it does this there.
final class RankWatch: Sendable {
    private let launcher = RunningProcess.launcher()
    private let files = OpenMPIFiles(ProcessEnvironment.all)
    /// What is said of this rank if its start takes too long; nil when it has started.
    private let start: Mutex<Start?>
    private let announce: @Sendable (String) -> Void

    private struct Start {
        var deadline: ContinuousClock.Instant
        let message: String
    }

    /// How often the thread looks, in microseconds.
    private static let interval: UInt32 = 100_000
    /// Whether a signal has come that may say that another rank has spoken.
    private static let wasContinued = Atomic(false)
    /// How long a rank then waits for its end, before it speaks all the same.
    private static let patience = Duration.seconds(2)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - limit: How many seconds the start of MPI may take; nil for any number.
    ///   - message: What is said if it takes longer; nil for just this.
    ///   - announce: Prints it.
    init(limit: Double?, message: String?, announce: @escaping @Sendable (String) -> Void) {
        let rank = JobEnvironment.rankNumber ?? 0
        // The lowest rank that waits speaks: the others have heard of it when it would be their turn.
        let turn = Duration.milliseconds(200) * min(rank, 8)
        start = Mutex(
            limit.map { seconds in
                let text = message ?? FabricError.startTimeout(seconds: seconds).description
                return Start(
                    deadline: .now + .milliseconds(Int64(seconds * 1000)) + turn,
                    message: "[rank \(rank) on \(HostName.current)] \(text)")
            })
        self.announce = announce
        TemporaryFiles.beginRank()
        if let launcher, launcher.name == "orted" { files.remove(afterEndOf: launcher.number) }
        // When a rank ends in a failure, mpirun at once sends this to the others, and a signal to end a second later.
        signal(SIGCONT) { _ in RankWatch.wasContinued.store(true, ordering: .sequentiallyConsistent) }
        startThread { [self] in
            while true {
                look()
                usleep(Self.interval)
            }
        }
    }

    /// Ends the limit: MPI has started.
    func ranksHaveMet() {
        start.withLock { $0 = nil }
        signal(SIGCONT, SIG_DFL)
    }

    private func look() {
        if let launcher, !launcher.isRunning {
            TemporaryFiles.unlinkAll()
            files.remove()
            // Nobody is left to be told why.
            _exit(1)
        }
        start.withLock { start in
            if RankWatch.wasContinued.exchange(false, ordering: .sequentiallyConsistent), let deadline = start?.deadline
            {
                start?.deadline = max(deadline, .now + RankWatch.patience)
            }
            guard let start, ContinuousClock.now > start.deadline else { return }
            TemporaryFiles.unlinkAll()
            announce(start.message)
            JobAbort.perform(exitCode: 1)
            _exit(1)
        }
    }
}
