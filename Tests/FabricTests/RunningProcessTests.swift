import Glibc
import Testing

@testable import Fabric

@Suite("Processes that are watched")
struct RunningProcessTests {
    private let tail = " 1 1 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1"

    @Test("Number, name, parent and start; names may hold anything")
    func parses() throws {
        let process = try #require(RunningProcess(7, status: "7 (a) S (b) c) S 5" + tail))
        #expect(process.number == 7 && process.name == "a) S (b) c" && process.parent == 5)
        #expect(process == RunningProcess(7, status: "7 (a) S (b) c) R 5" + tail))
        #expect(process != RunningProcess(7, status: "7 (a) S (b) c) S 5" + tail.replacing("4711", with: "4712")))
    }

    @Test("What has ended, and what is no status", arguments: ["7 (a) Z 5", "7 (a) X 5", "7 a S 5", "7 (a) S five"])
    func refuses(_ start: String) {
        #expect(RunningProcess(7, status: start + tail) == nil)
        #expect(RunningProcess(7, status: "7 (a) S 5 1 1") == nil)
        #expect(RunningProcess(7, status: "") == nil)
    }

    @Test("A process runs until it has ended, even if nobody has asked for its status")
    func ends() throws {
        #expect(RunningProcess(getpid())?.isRunning == true)
        var child = pid_t()
        var arguments = [strdup("sleep"), strdup("60"), nil]
        defer { for argument in arguments { free(argument) } }
        #expect(posix_spawnp(&child, "sleep", nil, nil, &arguments, nil) == 0)
        let process = try #require(RunningProcess(child))
        #expect(process.isRunning && process.parent == getpid())
        kill(child, SIGKILL)
        for _ in 0..<500 where process.isRunning { usleep(10_000) }
        #expect(!process.isRunning)
        waitpid(child, nil, 0)
        #expect(!process.isRunning && RunningProcess(child) == nil)
    }
}
