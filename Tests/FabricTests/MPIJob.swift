import Foundation

/// A job of probes under `mpirun`.
///
/// One at a time, also beside the jobs of other suites: a file is locked meanwhile.
struct MPIJob {
    static let isAvailable = FileManager.default.isExecutableFile(atPath: launcher)
    static let reason = "needs /usr/bin/mpirun (Debian: openmpi-bin)"
    private static let launcher = "/usr/bin/mpirun"

    let output: String
    let errors: String
    let exitCode: Int32
    /// When mpirun had ended, in seconds since 1970.
    let end: Double

    /// Runs the probe on some ranks.
    ///
    /// - Parameters:
    ///   - ranks: How many.
    ///   - arguments: The probe's.
    ///   - isQuiet: Whether mpirun keeps its own messages to itself.
    ///   - during: Runs while the job does, with the process number of mpirun.
    /// - Throws: An error of the start, or of `during`.
    init(
        _ ranks: Int, _ arguments: [String], isQuiet: Bool = true, during: (pid_t) throws -> Void = { _ in }
    ) throws {
        let lock = open(NSTemporaryDirectory() + "/fusion_bench-mpirun.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
        flock(lock, LOCK_EX)
        defer { close(lock) }
        let probe = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("FabricProbe").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.launcher)
        var options = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--timeout", "120"]
        if isQuiet { options.append("--quiet") }
        process.arguments = options + ["-n", String(ranks), probe] + arguments
        // Files, not pipes: ranks may write more than a pipe holds.
        let scratch = try TestDirectory()
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
        end = Date().timeIntervalSince1970
        output = scratch.read("output") ?? ""
        errors = scratch.read("errors") ?? ""
        // As a shell has it.
        exitCode = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
}

/// Where the ranks of a probe leave their process numbers, and hold temporary files below `output/`.
struct ProbeDirectory {
    private let directory: TestDirectory

    var path: String { directory.path }

    init() throws {
        directory = try TestDirectory()
        try FileManager.default.createDirectory(atPath: path + "/output", withIntermediateDirectories: false)
    }

    /// The names of what is in the output directory.
    var left: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path + "/output")) ?? []).sorted() }

    /// When the fault happened, in seconds since 1970.
    var fault: Double? { directory.read("fault.time").flatMap { Double($0.dropLast()) } }

    /// The process number of a rank.
    func process(_ rank: Int) -> pid_t? { directory.read("rank-\(rank).pid").flatMap { pid_t($0.dropLast()) } }

    /// The ranks whose processes still run.
    func running(of count: Int) -> [Int] { (0..<count).filter { process($0).map(Self.isRunning) ?? false } }

    /// A process that has ended but that nobody has asked about does not run.
    static func isRunning(_ process: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = status.lastIndex(of: ")")
        else { return false }
        return !status[name...].hasPrefix(") Z") && !status[name...].hasPrefix(") X")
    }

    /// Waits until the ranks hold their files and are about to fail.
    func waitForFault() throws {
        for _ in 0..<1000 where fault == nil { usleep(10_000) }
        if fault == nil { throw NeverStarted() }
    }

    struct NeverStarted: Error {}
}
