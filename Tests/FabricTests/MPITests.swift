import Foundation
import OperatingSystem
import TestSupport
import Testing

@testable import Fabric

/// What holds between threads must hold between processes too.
@Suite("Ranks under mpirun", .serialized, .enabled(if: MPILaunch.isAvailable, Comment(rawValue: MPILaunch.reason)))
struct MPITests {
    @Test("Every collective call against a serial reference", arguments: [1, 2, 3, 4, 7])
    func collectives(_ ranks: Int) throws {
        let job = try MPIJob(ranks, ["collectives"])
        #expect(job.exitCode == 0 && job.output == "ok \(ranks)\n" && job.errors.isEmpty, "\(job)")
    }

    @Test("Messages cut into pieces", arguments: [1, 3, 4])
    func pieces(_ ranks: Int) throws {
        let job = try MPIJob(ranks, ["collectives", "--largest-count", "7"])
        #expect(job.exitCode == 0 && job.output == "ok \(ranks)\n" && job.errors.isEmpty, "\(job)")
    }

    @Test("If one rank checks calls, all do", arguments: [0, 1])
    func checksOfOneRank(_ rank: Int) throws {
        let job = try MPIJob(2, ["collectives", "--only-checks-on", String(rank)])
        #expect(job.exitCode == 0 && job.output == "ok 2\n" && job.errors.isEmpty, "\(job)")
    }

    @Test("Units: the same bytes and the same bits for any number of ranks and threads")
    func units() throws {
        let expected = "units 97 bytes 5d77cf4d2cc8c393 sum 4170bcc48914cba2\n"
        for ranks in [1, 2, 3, 4, 7] {
            for threads in [1, 2] {
                let job = try MPIJob(ranks, ["units", "--threads", String(threads)])
                #expect(job.exitCode == 0 && job.output == expected, "\(ranks) ranks, \(threads) threads: \(job)")
            }
        }
    }

    @Test("A rank that is done does not end the others that still compute")
    func endsEarly() throws {
        let job = try MPIJob(3, ["ends-early", "--rank", "0", "--timeout", "1"])
        #expect(job.exitCode == 0 && job.output.isEmpty && job.errors.isEmpty, "\(job)")
    }

    @Suite("Faults", .serialized)
    struct Faults {
        /// How long a job may last after a fault.
        ///
        /// It has been seen to take 1 s for a rank that was killed, most of which
        /// mpirun waits before it kills ranks that do not end, and 3 s after the limit for a rank that was stopped.
        static let seconds = 5.0

        /// Runs a scenario on three ranks and checks what holds after every fault.
        func run(
            _ scenario: String, rank: Int, timeout: Double? = nil, fileCount: Int = 0, hasShellBetween: Bool = false,
            during: (ProbeDirectory, pid_t) throws -> Void = { _, _ in }
        ) throws -> MPIJob {
            let directory = try ProbeDirectory()
            var arguments = [scenario, "--rank", String(rank), "--output", directory.path]
            if fileCount > 0 { arguments += ["--files", String(fileCount)] }
            if let timeout { arguments += ["--timeout", String(timeout)] }
            let job = try MPIJob(3, arguments, hasShellBetween: hasShellBetween) {
                try during(directory, $0)
            }
            let fault = try #require(directory.fault, "\(job)")
            #expect(job.end - fault < Self.seconds + (timeout ?? 0), "\(job)")
            // mpirun may end a moment before the last rank has.
            while Date().timeIntervalSince1970 - fault < Self.seconds + (timeout ?? 0),
                !directory.running(of: 3).isEmpty
            {
                usleep(10_000)
            }
            #expect(directory.running(of: 3).isEmpty && (0..<3).allSatisfy { directory.process($0) != nil })
            #expect(job.exitCode != 0 && job.output.isEmpty, "\(job)")
            #expect(directory.left.isEmpty)
            return job
        }

        @Test(
            "kill -9: mpirun names the rank and the signal",
            arguments: ["killed-at-barrier", "killed-in-unit", "killed-in-gather"], [0, 1])
        func killed(_ scenario: String, rank: Int) throws {
            let job = try run(scenario, rank: rank)
            #expect(job.exitCode == 137)
            let lines = job.errors.split(separator: "\n").filter { $0.contains("rank") }
            #expect(lines.count == 1 && lines[0].contains("process rank \(rank) "), "\(job)")
            #expect(lines[0].hasSuffix("exited on signal 9 (Killed)."), "\(job)")
        }

        @Test("kill -9: another rank has the time to remove many files", arguments: [0, 1])
        func killedWithManyFiles(_ rank: Int) throws {
            let job = try run("killed-at-barrier", rank: rank, fileCount: 4000)
            #expect(job.exitCode == 137, "\(job)")
        }

        @Test("A rank that does not come: all places, once", arguments: [0, 1])
        func sleeps(_ rank: Int) throws {
            let job = try run("sleeps-before-barrier", rank: rank, timeout: 1)
            let lines = job.errors.split(separator: "\n")
            #expect(
                lines.count == 4 && lines[0] == "barrier 'epoch' (call 2) has waited for more than 1.0 s:", "\(job)")
            for other in 0..<3 {
                let place =
                    other == rank ? "works, after barrier 'start' (call 1)" : "waits in barrier 'epoch' (call 2)"
                let count = lines.count { $0.hasPrefix("  rank \(other) on ") && $0.contains(place) }
                #expect(count == 1, "\(job)")
            }
        }

        @Test("A rank that does not start MPI: one that waits for it speaks", arguments: [0, 1])
        func startsLate(_ rank: Int) throws {
            let job = try run("starts-late", rank: rank, timeout: 1)
            let speaker = rank == 0 ? 1 : 0
            #expect(
                job.errors
                    == "[rank \(speaker) on \(HostName.current)] The start of MPI has waited for more than 1.0 s: "
                    + "a rank of the job has not started, or a host does not answer\n", "\(job)")
            #expect(job.exitCode == 1)
        }

        @Test("A unit that takes too long is named")
        func sleepsInUnit() throws {
            let job = try run("sleeps-in-unit", rank: 1, timeout: 1)
            #expect(job.errors.split(separator: "\n").count == 4, "\(job)")
            #expect(job.errors.contains("  rank 1 on ") && job.errors.contains("works on units of 'merge'"), "\(job)")
        }

        @Test("A rank that throws speaks once", arguments: [0, 1])
        func throwing(_ rank: Int) throws {
            let first = try run("throws-before-barrier", rank: rank).errors
            #expect(first == "[rank \(rank) on \(HostName.current)] the disk is full\n")
            let second = try run("throws-in-unit", rank: rank).errors
            #expect(second.hasPrefix("[rank \(rank) on \(HostName.current)] merge, unit "), "\(second)")
            #expect(
                second.hasSuffix(": the tensor is broken\n") && second.split(separator: "\n").count == 1, "\(second)")
        }

        @Test("All ranks fail at once: one of them speaks")
        func allThrow() throws {
            let errors = try run("all-throw", rank: 0).errors
            #expect(errors.split(separator: "\n").count == 1 && errors.hasSuffix("] the disk is full\n"), "\(errors)")
        }

        @Test("Of a message of 100 kB, 16 kB arrive")
        func longMessage() throws {
            let errors = try run("long-message", rank: 2).errors
            let text = "the disk is full: " + String(repeating: "very ", count: 20_000)
            #expect(
                errors
                    == "[rank 2 on \(HostName.current)] \(text.prefix(16_384))… (\(text.count - 16_384) bytes more)\n")
        }

        @Test("Ranks at different calls: all calls, once")
        func differentCalls() throws {
            let errors = try run("different-calls", rank: 1).errors
            let lines = errors.split(separator: "\n")
            #expect(lines.count == 4 && lines[0].hasSuffix("Ranks are at different collective calls:"), "\(errors)")
            #expect(lines.count { $0.hasSuffix("is at all-reduce 'loss' (call 2)") } == 1, "\(errors)")
            #expect(lines.count { $0.hasSuffix("is at barrier 'epoch' (call 2)") } == 2, "\(errors)")
        }

        @Test("A rank that is stopped: the lowest other one speaks", arguments: [0, 1])
        func stopped(_ rank: Int) throws {
            let job = try run("stopped", rank: rank, timeout: 1)
            let lines = job.errors.split(separator: "\n")
            #expect(lines.count == 4 && lines.contains("  rank \(rank) does not answer"), "\(job)")
        }

        @Test("A rank fails while rank 0 is stopped")
        func stoppedThenFails() throws {
            let errors = try run("stopped-then-fails", rank: 0).errors
            #expect(errors.hasPrefix("[rank 2 on \(HostName.current)] the disk is full\n"))
            #expect(errors.hasSuffix("\n(rank 0 does not answer)\n"))
        }

        @Test("Signals to mpirun", arguments: [SIGTERM, SIGINT])
        func signals(_ signal: Int32) throws {
            let job = try run("waits", rank: 1) { directory, launcher in
                try directory.waitForFault()
                kill(launcher, signal)
            }
            #expect(!job.errors.contains("[rank"), "\(job)")
        }

        @Test("What ends while it writes says nothing of files that have gone", arguments: [nil, SIGTERM, SIGINT])
        func endsWhileWriting(_ signal: Int32?) throws {
            let job = try run("writes", rank: 1) { directory, launcher in
                try directory.waitForFault()
                usleep(100_000)
                if let signal {
                    kill(launcher, signal)
                } else if let process = directory.process(1) {
                    kill(process, SIGKILL)
                }
            }
            #expect(!job.errors.contains("has gone"), "\(job)")
        }

        @Test("kill -9 of mpirun: its ranks end, and nothing of the job is left on the host", arguments: [false, true])
        func killedLauncher(hasShellBetween: Bool) throws {
            var files: OpenMPIFilesOfJob?
            let job = try run("waits", rank: 1, hasShellBetween: hasShellBetween) { directory, launcher in
                try directory.waitForFault()
                files = directory.process(0).flatMap(OpenMPIFilesOfJob.init(of:))
                #expect(files?.left.count == 4, "\(String(describing: files))")
                kill(launcher, SIGKILL)
            }
            #expect(job.exitCode == 128 + SIGKILL, "\(job)")
            #expect(try #require(files).left.isEmpty)
        }

        @Test("SIGTERM to one rank ends all", arguments: [0, 1])
        func signalToRank(_ rank: Int) throws {
            let job = try run("waits", rank: rank) { directory, _ in
                try directory.waitForFault()
                if let process = directory.process(rank) { kill(process, SIGTERM) }
            }
            #expect(job.exitCode == 128 + SIGTERM, "\(job)")
        }
    }
}
