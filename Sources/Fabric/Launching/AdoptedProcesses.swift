internal import CLinux
import Glibc
import OperatingSystem

/// What children of this process leave running on this host when they end: it becomes a child of this process.
enum AdoptedProcesses {
    /// How long they may take to end by themselves, and then after a signal.
    private static let patience = (own: Duration.milliseconds(500), signal: Duration.seconds(1))

    /// Becomes the parent of what is left from now on.
    static func adopt() { _ = linux_adopt_orphans(1) }

    /// Ends them all, and stops adopting.
    ///
    /// Ranks whose mpirun was killed end by themselves, and remove their files first.
    static func end() {
        let start = ContinuousClock.now
        let deadline = start + patience.own + patience.signal * 2
        var signals = [(SIGTERM, start + patience.own), (SIGKILL, start + patience.own + patience.signal)][...]
        while hasChildren(), ContinuousClock.now < deadline {
            if let (signal, moment) = signals.first, ContinuousClock.now > moment {
                signals = signals.dropFirst()
                for name in FileSystem.names(in: "/proc") {
                    guard let number = pid_t(name), RunningProcess(number)?.parent == getpid() else { continue }
                    kill(number, signal)
                }
            }
            usleep(10_000)
        }
        _ = linux_adopt_orphans(0)
    }

    /// Whether there are any; the status of those that have ended is of no interest.
    private static func hasChildren() -> Bool {
        while true {
            let process = waitpid(-1, nil, WNOHANG)
            if process == 0 { return true }
            if process < 0, errno != EINTR { return false }
        }
    }
}
