import Foundation
import TestSupport

/// A job of several ranks that `fusion_bench` or the user's `mpirun` starts.
///
/// One at a time, also beside the jobs of other suites.
struct LaunchedJob {
    let result: ProcessResult
    /// How long it took.
    let seconds: Double

    /// Runs a command.
    ///
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - directory: Where; its path is to be among the arguments of the ranks, so that they can be found.
    ///   - environment: More variables.
    ///   - during: Runs while the command does, with its process number.
    /// - Throws: An error of the start, or of `during`.
    init(
        _ command: [String], in directory: ScratchDirectory, environment: [String: String] = [:],
        during: (pid_t) throws -> Void = { _ in }
    ) throws {
        let command = ["/usr/bin/timeout", "--foreground", "--kill-after=5", "120"] + command
        (result, seconds) = try MPILaunch.alone {
            let start = Date()
            let result = try ProcessResult(
                of: command, in: directory.path, environment: testEnvironment(environment), during: during)
            return (result, Date().timeIntervalSince(start))
        }
    }

    /// The running processes with a text among their arguments, and their ranks.
    static func processes(with text: String) -> [(process: pid_t, rank: Int?)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let process = pid_t(name), process != getpid(), let arguments = read(process, "cmdline"),
                arguments.contains(text)
            else { return nil }
            let variables = (read(process, "environ") ?? "").split(separator: "\0")
            let prefix = "OMPI_COMM_WORLD_RANK="
            let rank = variables.first { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) }
            return (process, rank)
        }
    }

    /// Waits until a condition holds, but not for more than 10 s.
    static func wait(until condition: () -> Bool) {
        let end = Date() + 10
        while !condition(), Date() < end { usleep(10_000) }
    }

    private static func read(_ process: pid_t, _ file: String) -> String? {
        FileManager.default.contents(atPath: "/proc/\(process)/\(file)").map { String(decoding: $0, as: UTF8.self) }
    }
}
