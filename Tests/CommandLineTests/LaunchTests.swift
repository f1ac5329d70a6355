import Foundation
import TestSupport
import Testing

@Suite(
    "Launching ranks", .serialized,
    .enabled(if: MPILaunch.isAvailable, "needs /usr/bin/mpirun (Debian: openmpi-bin)"))
struct LaunchTests {
    private static let files = [
        "out/.hydra/config.yaml", "out/.hydra/hydra.yaml", "out/.hydra/overrides.yaml", "out/cli.log",
    ]

    private func command(_ scratch: ScratchDirectory, _ arguments: String...) -> [String] {
        [Repository.binary, "-cp", Repository.directory + "/config/_get_started", "-cn", "greeting_program"]
            + ["hydra.run.dir=\(scratch.path)/out"] + arguments
    }

    private func greetings(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { !$0.contains("[INFO]") }
    }

    @Test("Several ranks greet once and leave one log", arguments: [1, 2, 3])
    func greets(_ ranks: Int) throws {
        let scratch = try ScratchDirectory()
        let result = try LaunchedJob(
            command(scratch, "+fabric.devices=\(ranks)", "name=you", "repeat_count=2"), in: scratch
        ).result
        #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result)")
        #expect(
            greetings(result.output) == ["[1/2] Welcome to FusionBench, you!", "[2/2] Welcome to FusionBench, you!"])
        #expect(scratch.files == Self.files)
        #expect(try scratch.read("out/cli.log").split(separator: "\n").count == 2)
    }

    @Test("Ranks that the user starts do the same")
    func startedByUser() throws {
        let scratch = try ScratchDirectory()
        let result = try LaunchedJob(
            [MPILaunch.launcher, "--allow-run-as-root", "--oversubscribe", "-n", "3"]
                + command(scratch, "repeat_count=1"), in: scratch
        ).result
        #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result)")
        #expect(greetings(result.output) == ["Welcome to FusionBench, Developer!"])
        #expect(scratch.files == Self.files)
    }

    @Test("An error before the launch, and one of all ranks: each is said once")
    func errors() throws {
        let scratch = try ScratchDirectory()
        let before = try LaunchedJob(command(scratch, "+fabric.devices=0"), in: scratch).result
        #expect(before.exitCode == 1 && before.output.isEmpty)
        #expect(before.errors.hasPrefix("error: 'fabric.devices' must be a whole number from 1"), "\(before)")
        let ranks = try LaunchedJob(command(scratch, "+fabric.devices=3", "repeat_count=x"), in: scratch).result
        #expect(ranks.exitCode == 1 && greetings(ranks.output).isEmpty, "\(ranks)")
        #expect(ranks.errors.contains("error: Argument 'repeat_count' of ") && ranks.errors.hasPrefix("[rank "))
        #expect(ranks.errors.components(separatedBy: "error: ").count == 2, "\(ranks)")
        #expect(!ranks.errors.contains("---") && !ranks.errors.contains("MPI_ABORT"), "\(ranks)")
    }

    /// Starts ranks as a user does who gives each of them its own arguments.
    private func mixedJob(_ scratch: ScratchDirectory, _ ranks: [[String]]) throws -> LaunchedJob {
        let options = [MPILaunch.launcher, "--allow-run-as-root", "--oversubscribe"]
        let parts = ranks.map { ["-n", "1"] + $0 }.joined(separator: [":"])
        return try LaunchedJob(options + parts, in: scratch)
    }

    @Test("A mistake on one rank only ends all, with its message", arguments: [0, 1])
    func mistakeOnOneRank(_ rank: Int) throws {
        let mistakes = [
            "nmae=x": "error: There is no key 'nmae'", "+fabric.devices=0": "error: 'fabric.devices' must be",
            "--config-dir=/nonexistent": "error: The configuration directory '/nonexistent' does not exist",
            "-m": "error: A sweep starts its own ranks", "--bogus": "error: Unknown option '--bogus'",
        ]
        for (mistake, message) in mistakes {
            let scratch = try ScratchDirectory()
            var ranks = Array(repeating: command(scratch, "repeat_count=1"), count: 2)
            ranks[rank].append(mistake)
            let job = try mixedJob(scratch, ranks)
            #expect(job.result.exitCode != 0 && greetings(job.result.output).isEmpty && job.seconds < 5, "\(job)")
            #expect(
                job.result.errors.hasPrefix("[rank \(rank) on ") && job.result.errors.contains("] " + message), "\(job)"
            )
            #expect(job.result.errors.components(separatedBy: "error: ").count == 2, "\(job)")
            #expect(scratch.files.isEmpty, "\(mistake)")
        }
    }

    @Test("A mistake on one rank while another one never meets it")
    func mistakeAlone() throws {
        let scratch = try ScratchDirectory()
        let job = try mixedJob(scratch, [["sleep", "60"], command(scratch, "nmae=x")])
        #expect(job.result.exitCode == 1 && job.seconds < 6, "\(job)")
        #expect(
            job.result.errors.hasPrefix("[rank 1 on ") && job.result.errors.contains("] error: There is no key 'nmae'"))
        #expect(job.result.errors.components(separatedBy: "error: ").count == 2, "\(job)")
    }

    @Test("Ranks whose configurations differ do not go on", arguments: [0, 1])
    func differentConfigurations(_ rank: Int) throws {
        let scratch = try ScratchDirectory()
        var ranks = Array(repeating: command(scratch, "repeat_count=1"), count: 2)
        ranks[rank].append("name=you")
        let job = try mixedJob(scratch, ranks)
        #expect(job.result.exitCode == 1 && greetings(job.result.output).isEmpty && job.seconds < 5, "\(job)")
        #expect(job.result.errors.hasPrefix("[rank 1 on ") && job.result.errors.contains("name: you"), "\(job)")
        #expect(job.result.errors.contains("name: Developer") && scratch.files.isEmpty, "\(job)")
    }

    @Test("The launcher decides how many ranks there are; rank 0 warns if the configuration says otherwise")
    func otherNumberOfRanks() throws {
        for (ranks, settings, warning) in [
            (2, ["+fabric.devices=4"], "'fabric' asks for 4 ranks, but 2 were started: the job has 2"),
            (1, ["+fabric.devices=2"], "'fabric' asks for 2 ranks, but 1 was started: the job has 1"),
            (
                2, ["+fabric.devices=1", "+fabric.num_nodes=3"],
                "'fabric' asks for 3 ranks, but 2 were started: the job has 2"
            ),
            (2, ["+fabric.devices=2"], nil), (2, ["+fabric.devices=1"], nil), (2, [], nil),
        ] {
            let scratch = try ScratchDirectory()
            let rank = command(scratch, "repeat_count=1") + settings
            let job = try mixedJob(scratch, Array(repeating: rank, count: ranks))
            #expect(job.result.exitCode == 0, "\(job)")
            #expect(greetings(job.result.output) == ["Welcome to FusionBench, Developer!"], "\(job)")
            #expect(job.result.errors == (warning.map { "warning: \($0)\n" } ?? ""), "\(job)")
        }
    }

    @Test("A warning about the configuration is given once", arguments: [false, true])
    func warnsOnce(isStartedByUser: Bool) throws {
        let scratch = try ScratchDirectory()
        let arguments = command(scratch, "repeat_count=1", "hydra.searchpath=[file:///nowhere]")
        let job =
            isStartedByUser
            ? try mixedJob(scratch, [arguments, arguments])
            : try LaunchedJob(arguments + ["+fabric.devices=2"], in: scratch)
        let alone = try fusionBench(Array(arguments.dropFirst()), in: scratch.path)
        #expect(job.result.exitCode == 0 && alone.exitCode == 0, "\(job)")
        #expect(job.result.errors == alone.errors && alone.errors.hasPrefix("warning: "), "\(job)")
    }

    @Test("A rank that never meets the others")
    func neverStarts() throws {
        let scratch = try ScratchDirectory()
        // It lasts longer than the limit: of a process that ends meanwhile, mpirun may speak before we do.
        let job = try mixedJob(scratch, [command(scratch, "+fabric.timeout=1"), ["/bin/sleep", "20"]])
        #expect(job.result.exitCode == 1 && job.seconds < 6, "\(job)")
        #expect(
            job.result.errors.hasPrefix("[rank 0 on ") && job.result.errors.contains("] The start of MPI has waited"),
            "\(job)")
    }

    @Test("mpirun is missing")
    func noLauncher() throws {
        let scratch = try ScratchDirectory()
        let result = try LaunchedJob(
            command(scratch, "+fabric.devices=2"), in: scratch, environment: ["PATH": "/nonexistent"]
        ).result
        #expect(result.exitCode == 1 && result.output.isEmpty && scratch.files.isEmpty)
        #expect(result.errors.hasPrefix("error: 'mpirun' was not found") && result.errors.contains("openmpi-bin"))
    }

    @Test("A host that cannot be reached is named")
    func unknownHost() throws {
        let scratch = try ScratchDirectory()
        // In place of ssh, which may not be here.
        try scratch.write("shell", "#!/bin/sh\necho \"shell: cannot reach $1\" >&2\nexit 255\n")
        chmod(scratch.path + "/shell", 0o755)
        try scratch.write("hosts", "nosuchhost.invalid slots=2\n")
        let result = try LaunchedJob(
            command(scratch, "+fabric.devices=2", "+fabric.hostfile=\(scratch.path)/hosts"), in: scratch,
            environment: ["OMPI_MCA_plm_rsh_agent": scratch.path + "/shell"]
        ).result
        #expect(result.exitCode != 0 && result.output.isEmpty, "\(result)")
        #expect(result.errors.contains("cannot reach nosuchhost"), "\(result)")
        #expect(scratch.files == ["hosts", "shell"])
        #expect(LaunchedJob.processes(with: scratch.path).isEmpty)
    }

    @Test(
        "A host that hangs is not waited for longer than fabric.timeout, nor after a signal", arguments: [nil, SIGTERM])
    func hangingHost(signal: Int32?) throws {
        let scratch = try ScratchDirectory()
        // In place of ssh, which finds a host that takes its connection and says nothing more.
        try scratch.write("shell", "#!/bin/sh\necho $$ >\"\(scratch.path)/shell.pid\"\nexec sleep 60\n")
        chmod(scratch.path + "/shell", 0o755)
        try scratch.write("hosts", "nosuchhost.invalid slots=2\n")
        let limit = signal == nil ? 1 : 30
        var shell: pid_t?
        let job = try LaunchedJob(
            command(scratch, "+fabric.devices=2", "+fabric.hostfile=\(scratch.path)/hosts", "+fabric.timeout=\(limit)"),
            in: scratch, environment: ["OMPI_MCA_plm_rsh_agent": scratch.path + "/shell"]
        ) { timeout in
            LaunchedJob.wait {
                shell = (try? scratch.read("shell.pid")).flatMap { pid_t($0.dropLast()) }
                return shell != nil
            }
            let processes = LaunchedJob.processes(with: scratch.path)
            if let signal, let program = program(of: processes, besides: timeout) { kill(program, signal) }
        }
        #expect(job.seconds < 5 && job.result.output.isEmpty, "\(job)")
        if let signal {
            #expect(job.result.exitCode == 128 + signal, "\(job)")
        } else {
            let message = "error: mpirun has not started the ranks within 1.0 s: a host does not answer\n"
            #expect(job.result.exitCode == 1 && job.result.errors == message, "\(job)")
        }
        #expect(LaunchedJob.processes(with: scratch.path).isEmpty)
        #expect(kill(try #require(shell), 0) != 0)
    }

    /// Runs a job whose rank 0 waits: nobody reads its log, which is a pipe.
    ///
    /// - Returns: What it left, and the seconds from the disturbance until none of its processes was left.
    private func waitingJob(
        _ scratch: ScratchDirectory, _ environment: [String: String] = [:],
        _ disturb: ([(process: pid_t, rank: Int?)], pid_t) -> Void
    ) throws -> (result: ProcessResult, seconds: Double) {
        try FileManager.default.createDirectory(atPath: scratch.path + "/out", withIntermediateDirectories: false)
        mkfifo(scratch.path + "/out/cli.log", 0o600)
        let text = "hydra.run.dir=\(scratch.path)/out"
        var seconds = Double.infinity
        let job = try LaunchedJob(command(scratch, "+fabric.devices=2"), in: scratch, environment: environment) {
            launcher in
            LaunchedJob.wait { LaunchedJob.processes(with: text).count { $0.rank != nil } == 2 }
            usleep(500_000)
            let start = Date()
            disturb(LaunchedJob.processes(with: text), launcher)
            LaunchedJob.wait { LaunchedJob.processes(with: text).isEmpty }
            seconds = Date().timeIntervalSince(start)
            let left = LaunchedJob.processes(with: text)
            #expect(left.isEmpty, "\(left)")
            for (process, _) in left { kill(process, SIGKILL) }
        }
        return (job.result, seconds)
    }

    /// The process of a job that is neither a rank nor mpirun nor timeout: the one that the user started.
    private func program(of job: [(process: pid_t, rank: Int?)], besides timeout: pid_t) -> pid_t? {
        job.first { process, rank in
            guard rank == nil, process != timeout else { return false }
            let name = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
            return name?.hasSuffix("/fusion_bench") == true
        }?.process
    }

    @Test("Signals to the program end all ranks", arguments: [SIGTERM, SIGINT, SIGHUP])
    func signals(_ signal: Int32) throws {
        let (result, seconds) = try waitingJob(try ScratchDirectory()) { processes, timeout in
            if let program = program(of: processes, besides: timeout) { kill(program, signal) }
        }
        #expect(result.exitCode == 128 + signal && seconds < 5, "\(result)")
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("error: The job was ended by signal \(signal) ("), "\(result)")
    }

    @Test("kill -9 of the program: mpirun and all ranks end")
    func killedProgram() throws {
        let scratch = try ScratchDirectory()
        let (result, seconds) = try waitingJob(scratch) { processes, timeout in
            if let program = program(of: processes, besides: timeout) { kill(program, SIGKILL) }
        }
        #expect(result.exitCode == 128 + SIGKILL && seconds < 5, "\(result)")
        #expect(scratch.files == ["out/cli.log"])
    }

    @Test("kill -9 of mpirun: its ranks end too, and its directory goes")
    func killedMPIRun() throws {
        let scratch = try ScratchDirectory()
        try FileManager.default.createDirectory(atPath: scratch.path + "/temporary", withIntermediateDirectories: false)
        let (result, seconds) = try waitingJob(scratch, ["OMPI_MCA_orte_tmpdir_base": scratch.path + "/temporary"]) {
            processes, _ in
            for (process, _) in processes {
                let name = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
                if name?.hasSuffix("/orterun") == true { kill(process, SIGKILL) }
            }
        }
        #expect(result.exitCode == 128 + SIGKILL && seconds < 5, "\(result)")
        #expect(result.errors == "error: mpirun was ended by signal 9 (Killed)\n", "\(result)")
        #expect(scratch.files == ["out/cli.log"])
    }

    @Test("kill -9 of a rank: one line that names it", arguments: [0, 1])
    func killed(_ rank: Int) throws {
        let (result, seconds) = try waitingJob(try ScratchDirectory()) { processes, _ in
            for (process, other) in processes where other == rank { kill(process, SIGKILL) }
        }
        #expect(result.exitCode == 128 + SIGKILL && seconds < 5, "\(result)")
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("error: rank \(rank) on "), "\(result)")
        #expect(lines.first?.hasSuffix(" was ended by signal 9 (Killed)") == true, "\(result)")
    }
}
