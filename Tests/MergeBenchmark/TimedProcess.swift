import Foundation

/// One run of a command: how long it took, and how much memory it needed at most.
struct TimedProcess {
    /// From the start of the command to its end, in seconds.
    let seconds: Double
    /// The largest resident set of the process, mapped pages included, in MiB.
    let peakMemory: Double

    /// Runs a command to its end.
    ///
    /// - Throws: `CommandFailed` with what it wrote if it did not succeed.
    init(_ command: [String], log: String) throws {
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let start = ContinuousClock.now
        var child = pid_t()
        let code = posix_spawnp(&child, command[0], &actions, nil, &arguments, environ)
        guard code == 0 else { throw CommandFailed(command: command, text: String(cString: strerror(code))) }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        seconds = start.duration(to: .now) / .seconds(1)
        peakMemory = Double(usage.ru_maxrss) / 1024
        guard status == 0 else {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw CommandFailed(command: command, text: String(text.suffix(2000)))
        }
    }
}

/// A command that did not succeed.
struct CommandFailed: Error, CustomStringConvertible {
    let command: [String]
    let text: String

    var description: String { "\(command.joined(separator: " ")) failed:\n\(text)" }
}
