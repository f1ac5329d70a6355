package import Foundation

/// What a finished process left.
package struct ProcessResult: Sendable {
    package let output: String
    package let errors: String
    /// As a shell has it: 128 and the signal's number for a process that a signal ended.
    package let exitCode: Int32

    /// Runs a command and waits for it.
    ///
    /// What it writes goes to files, not pipes: a process may write more than a pipe holds.
    ///
    /// - Parameters:
    ///   - command: The path of a program, and its arguments.
    ///   - directory: Its working directory.
    ///   - environment: All of its variables.
    ///   - during: Runs while the command does, with its process number.
    /// - Throws: An error of the start, or of `during`.
    package init(
        of command: [String], in directory: String, environment: [String: String],
        during: (pid_t) throws -> Void = { _ in }
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.environment = environment
        let scratch = try ScratchDirectory()
        for name in ["output", "errors"] { try scratch.write(name, "") }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.path("output")))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.path("errors")))
        // Threads of tests may block signals, which children inherit.
        var none = sigset_t()
        var blocked = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &blocked)
        defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
        try process.run()
        do {
            try during(process.processIdentifier)
        } catch {
            process.terminate()
            process.waitUntilExit()
            throw error
        }
        process.waitUntilExit()
        output = try scratch.read("output")
        errors = try scratch.read("errors")
        exitCode = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
}
