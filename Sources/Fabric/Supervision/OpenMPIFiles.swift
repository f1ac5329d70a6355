import Glibc
import OperatingSystem

/// What Open MPI keeps on this host for a rank and its job: a segment of shared memory, and a directory.
///
/// `mpirun` removes both at the end, whatever becomes of the ranks, unless it is killed itself.
struct OpenMPIFiles: Sendable {
    private static let sharedMemory = "/dev/shm"
    /// How the name of this rank's segment ends: user, job and place on the host.
    private let segmentEnd: String?
    private let directory: String?
    private let localRank: Int?

    /// Looks at the variables that `mpirun` sets for a rank.
    init(_ variables: [String: String]) {
        if let job = variables["OMPI_MCA_ess_base_jobid"].flatMap({ UInt32($0) }),
            let localRank = variables["OMPI_COMM_WORLD_LOCAL_RANK"].flatMap({ Int($0) })
        {
            segmentEnd = ".\(geteuid()).\(String(job, radix: 16)).\(localRank)"
        } else {
            segmentEnd = nil
        }
        localRank = variables["OMPI_COMM_WORLD_LOCAL_RANK"].flatMap { Int($0) }
        // Such as /tmp/ompi.HOST.USER/pid.4510. What looks different is not touched.
        directory = variables["OMPI_MCA_orte_jobfam_session_dir"].flatMap { path in
            let parts = path.split(separator: "/")
            guard path.hasPrefix("/"), parts.count > 2, parts[parts.count - 2].hasPrefix("ompi."),
                parts[parts.count - 1].hasPrefix("pid.") || parts[parts.count - 1].hasPrefix("jf.")
            else { return nil }
            return path
        }
    }

    /// Removes them; another rank of the host may be at it too.
    func remove() {
        if let segmentEnd {
            for name in FileSystem.names(in: Self.sharedMemory)
            where name.hasPrefix("vader_segment.") && name.hasSuffix(segmentEnd) {
                unlink(FileSystem.join(Self.sharedMemory, name))
            }
        }
        if let directory { Self.remove(directory) }
    }

    /// Lets a process of its own remove them when a daemon has ended, if they are still there.
    ///
    /// A daemon that ends in good order removes them itself. One rank of a host does it.
    ///
    /// - Parameter daemon: The number of the daemon's process.
    func remove(afterEndOf daemon: pid_t) {
        guard localRank == 0, let directory, let segmentEnd else { return }
        let script = """
            exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
            tail --follow --sleep-interval=0.1 --pid="$1" /dev/null
            rm -rf -- "$2"
            rm -f -- "$3"/vader_segment.*"$4"*
            """
        // Those of all ranks of the host: without the place of this one, a single digit.
        let segments = String(segmentEnd.dropLast())
        let arguments = ["sh", "-c", script, "sh", "\(daemon)", directory, Self.sharedMemory, segments]
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: what ends the group of this process does not end it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        // The daemon waits until nobody can write to a rank's output any more.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
        }
        var child = pid_t()
        _ = posix_spawn(&child, "/bin/sh", &actions, &attributes, &pointers, environ)
    }

    /// Removes the directory of an `mpirun` that was killed, perhaps before it had started a rank.
    ///
    /// - Parameters:
    ///   - process: Its number.
    ///   - variables: The environment that it had.
    static func remove(of process: pid_t, _ variables: [String: String]) {
        let base = variables["OMPI_MCA_orte_tmpdir_base"] ?? variables["TMPDIR"] ?? "/tmp"
        for name in FileSystem.names(in: base) where name.hasPrefix("ompi.") && name.hasSuffix(".\(geteuid())") {
            remove(FileSystem.join(FileSystem.join(base, name), "pid.\(process)"))
        }
    }

    /// Removes a file, or a directory with all that is in it; links are removed, not followed.
    private static func remove(_ path: String) {
        guard unlink(path) != 0, errno == EISDIR else { return }
        for name in FileSystem.names(in: path) { remove(FileSystem.join(path, name)) }
        rmdir(path)
    }
}
