import Glibc
import OperatingSystem

/// Ends the process of a rank when what started it has died.
///
/// Open MPI notices that too, but some seconds later, and then ends the process in a way that leaves temporary files
/// and shared memory behind. `mpirun` on one host ends the ranks of the others.
final class RankWatch: Sendable {
    private let launcher = RunningProcess.launcher()
    private let files = OpenMPIFiles(ProcessEnvironment.all)

    /// How often the thread looks, in microseconds.
    private static let interval: UInt32 = 100_000

    /// Starts a thread that watches until the process ends.
    init() {
        startThread { [self] in
            while true {
                look()
                usleep(Self.interval)
            }
        }
    }

    private func look() {
        guard let launcher, !launcher.isRunning else { return }
        TemporaryFiles.unlinkAll()
        files.remove()
        // Nobody is left to be told why.
        _exit(1)
    }
}
