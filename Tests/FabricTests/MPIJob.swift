import Foundation
import TestSupport

/// A job of probes under `mpirun`.
///
/// One at a time, also beside the jobs of other suites.
struct MPIJob {
    private let result: ProcessResult
    /// When mpirun had ended, in seconds since 1970.
    let end: Double

    /// Runs the probe on some ranks.
    ///
    /// - Parameters:
    ///   - ranks: How many.
    ///   - arguments: The probe's.
    ///   - hasShellBetween: Whether a shell that waits for the probe is between it and mpirun.
    ///   - during: Runs while the job does, with the process number of mpirun.
    /// - Throws: An error of the start, or of `during`.
    init(
        _ ranks: Int, _ arguments: [String], hasShellBetween: Bool = false,
        during: (pid_t) throws -> Void = { _ in }
    ) throws {
        let probe = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("FabricProbe").path
        let options = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--timeout", "120"]
        let shell = hasShellBetween ? ["/bin/sh", "-c", "\"$@\"; exit $?", "sh"] : []
        let command = [MPILaunch.launcher] + options + ["-n", String(ranks)] + shell + [probe] + arguments
        (result, end) = try MPILaunch.alone {
            let result = try ProcessResult(
                of: command, in: FileManager.default.currentDirectoryPath,
                environment: ProcessInfo.processInfo.environment, during: during)
            return (result, Date().timeIntervalSince1970)
        }
    }

    var output: String { result.output }
    var errors: String { result.errors }
    var exitCode: Int32 { result.exitCode }
}

/// Where the ranks of a probe leave their process numbers, and hold temporary files below `output/`.
struct ProbeDirectory {
    private let directory: ScratchDirectory

    var path: String { directory.path }

    init() throws {
        directory = try ScratchDirectory()
        try FileManager.default.createDirectory(atPath: path + "/output", withIntermediateDirectories: false)
    }

    /// The names of what is in the output directory.
    var left: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path + "/output")) ?? []).sorted() }

    /// When the fault happened, in seconds since 1970.
    var fault: Double? { (try? directory.read("fault.time")).flatMap { Double($0.dropLast()) } }

    /// The process number of a rank.
    func process(_ rank: Int) -> pid_t? { (try? directory.read("rank-\(rank).pid")).flatMap { pid_t($0.dropLast()) } }

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

/// What Open MPI itself keeps on this host for a job: a directory, and shared memory of each rank.
struct OpenMPIFilesOfJob {
    private let directory: String
    private let job: String

    /// Asks a rank that runs.
    init?(of rank: pid_t) {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(rank)/environ") else { return nil }
        let variables = String(decoding: bytes, as: UTF8.self).split(separator: "\0")
        func variable(_ name: String) -> String? {
            variables.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
        }
        guard let directory = variable("OMPI_MCA_orte_jobfam_session_dir"),
            let number = variable("OMPI_MCA_ess_base_jobid").flatMap({ UInt32($0) })
        else { return nil }
        self.directory = directory
        job = String(number, radix: 16)
    }

    /// The paths that exist.
    var left: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
        let segments = names.filter { $0.contains(".\(job).") }.map { "/dev/shm/" + $0 }
        return (FileManager.default.fileExists(atPath: directory) ? [directory] : []) + segments
    }
}
