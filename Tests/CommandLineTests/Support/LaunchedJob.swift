import Foundation

/// A job of several ranks that `fusion_bench` or the user's `mpirun` starts.
///
/// One at a time, also beside the jobs of other suites: a file is locked meanwhile.
struct LaunchedJob {
    static let isAvailable = FileManager.default.isExecutableFile(atPath: launcher)
    static let launcher = "/usr/bin/mpirun"

    let result: ProcessResult

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
        let lock = open(NSTemporaryDirectory() + "/fusion_bench-mpirun.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
        flock(lock, LOCK_EX)
        defer { close(lock) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--foreground", "--kill-after=5", "120"] + command
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("FUSION_BENCH_") }
        for (name, value) in environment { variables[name] = value }
        process.environment = variables
        let scratch = try ScratchDirectory()
        for name in ["output", "errors"] { try scratch.write(name, "") }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.path + "/output"))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: scratch.path + "/errors"))
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
        result = ProcessResult(
            output: try scratch.read("output"), errors: try scratch.read("errors"), exitCode: process.terminationStatus)
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

    private static func read(_ process: pid_t, _ file: String) -> String? {
        FileManager.default.contents(atPath: "/proc/\(process)/\(file)").map { String(decoding: $0, as: UTF8.self) }
    }
}
