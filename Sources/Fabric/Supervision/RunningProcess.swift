import Glibc
import OperatingSystem

/// A process of this host, known by its number and the moment of its start: numbers are used again.
struct RunningProcess: Equatable, Sendable {
    let number: pid_t
    /// In clock ticks since the host's start.
    private let start: Substring
    /// The first 15 bytes of the program's name.
    let name: Substring
    let parent: pid_t

    /// Looks at `/proc`; nil if there is no such process, or if it has ended and only its status is kept.
    init?(_ number: pid_t) {
        guard let bytes = try? FileSystem.read("/proc/\(number)/stat") else { return nil }
        self.init(number, status: String(decoding: bytes, as: UTF8.self))
    }

    /// Reads a line as proc(5) describes it: the number, the name in parentheses, the state, the parent, …, the start.
    init?(_ number: pid_t, status: String) {
        guard let open = status.firstIndex(of: "("), let close = status.lastIndex(of: ")"), open < close else {
            return nil
        }
        let fields = status[status.index(after: close)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X", let parent = pid_t(fields[1]) else { return nil }
        self.number = number
        name = status[status.index(after: open)..<close]
        start = fields[19]
        self.parent = parent
    }

    /// Whether it still runs.
    var isRunning: Bool {
        guard let now = RunningProcess(number) else { return false }
        return now.start == start
    }

    /// The process that started this rank: the nearest above it that is known to start ranks, or else its parent.
    ///
    /// There may be others between the two, such as a shell in `mpirun sh -c 'fusion_bench …'`.
    static func launcher() -> RunningProcess? {
        let parent = RunningProcess(getppid())
        var candidate = parent
        while let process = candidate {
            if launcherNames.contains(where: process.name.hasPrefix) { return process }
            candidate = RunningProcess(process.parent)
        }
        return parent
    }

    private static let launcherNames = ["mpirun", "mpiexec", "orterun", "orted", "prte", "slurmstepd"]
}
