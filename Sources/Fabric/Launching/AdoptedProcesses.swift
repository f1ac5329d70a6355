internal import CLinux
import Glibc
import OperatingSystem

/// What children of this process leave running on this host when they end: it becomes a child of this process.
enum AdoptedProcesses {
    /// How long ranks may take to end by themselves: they remove their files first.
    private static let patienceWithRanks = Duration.milliseconds(2500)
    /// The same for others, such as ssh, which do not end by themselves.
    private static let patienceWithOthers = Duration.milliseconds(300)
    /// How long a process may take to end after a signal.
    private static let patienceWithSignal = Duration.seconds(1)

    /// Becomes the parent of what is left from now on.
    static func adopt() { _ = linux_adopt_orphans(1) }

    /// Ends them all, and stops adopting.
    static func end() {
        let start = ContinuousClock.now
        let ownName = RunningProcess(getpid())?.name
        while hasChildren() {
            let time = start.duration(to: .now)
            // What cannot be killed is not waited for.
            if time > patienceWithRanks + patienceWithSignal * 2 { break }
            for process in children {
                // Ranks run the same program.
                let patience = process.name == ownName ? patienceWithRanks : patienceWithOthers
                if time > patience { kill(process.number, time > patience + patienceWithSignal ? SIGKILL : SIGTERM) }
            }
            usleep(20_000)
        }
        _ = linux_adopt_orphans(0)
    }

    private static var children: [RunningProcess] {
        let own = getpid()
        return FileSystem.names(in: "/proc").compactMap { name in
            pid_t(name).flatMap { RunningProcess($0) }.flatMap { $0.parent == own ? $0 : nil }
        }
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
