internal import CLinux
import Glibc
import OperatingSystem

/// The process between the one that launches a job and `mpirun`: it asks to be ended with its parent, then becomes
/// `mpirun`.
///
/// If the launching process is killed (SIGKILL, also by the system when memory runs out), it can hand on nothing. Linux
/// then sends a signal in its name to those of its children that asked for it themselves, before or after they became
/// another program. So the program starts itself once more, asks, and replaces itself by `mpirun`, which ends the ranks
/// of all hosts in good order. Ranks that watch the launching process would be no replacement: there may be none on its
/// host, or none yet.
public struct LaunchStage {
    /// Tells the new process who launched it.
    private static let variable = "FUSION_BENCH_LAUNCHING_PROCESS"

    /// What the new process gets: the path of the command, its name and its arguments.
    let arguments: [String]

    /// A stage before a command, which is looked for on the search path.
    ///
    /// - Throws: `LaunchError` if it is not there.
    init(_ command: [String]) throws {
        let name = command.first ?? ""
        let places = (ProcessEnvironment["PATH"] ?? "").split(separator: ":").map { FileSystem.join(String($0), name) }
        guard let path = places.first(where: { FileSystem.isFile($0) && access($0, X_OK) == 0 }) else {
            throw LaunchError.system(code: ENOENT)
        }
        arguments = [path] + command
    }

    /// Starts something as the new process.
    func withVariable<Result>(_ start: () -> Result) -> Result {
        ProcessEnvironment.set(Self.variable, String(getpid()))
        defer { ProcessEnvironment.set(Self.variable, nil) }
        return start()
    }

    /// Becomes the command if this process is the stage of a launch; otherwise returns.
    ///
    /// Programs that launch themselves call it first of all.
    public static func continueLaunch() {
        guard let parent = ProcessEnvironment[variable].flatMap({ pid_t($0) }) else { return }
        ProcessEnvironment.set(variable, nil)
        // SIGTERM lets mpirun end the ranks and remove its files.
        _ = linux_signal_at_death_of_parent(SIGTERM)
        // It may have died before this process asked.
        guard getppid() == parent else { _exit(128 + SIGTERM) }
        var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.dropFirst(2).map { strdup($0) } + [nil]
        let path = CommandLine.arguments.dropFirst().first ?? ""
        execv(path, &arguments)
        StandardStream.error.write("error: \(LaunchError.system(code: errno))\n")
        _exit(1)
    }
}
