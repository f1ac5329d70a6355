import Testing

@testable import Fabric

@Suite("Messages of mpirun")
struct LauncherMessageTests {
    private let frame = String(repeating: "-", count: 74) + "\n"

    /// What becomes of a text that comes in parts of some length.
    private func filtered(_ text: String, parts: Int) -> String {
        var messages = LauncherMessages()
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: parts) {
            result += messages.take(bytes[start..<min(start + parts, bytes.count)])
        }
        return String(decoding: result + messages.finish(), as: UTF8.self)
    }

    @Test("Remarks on what ranks have said go; a killed rank is named; the rest stays", arguments: [1, 3, 10_000])
    func filters(_ parts: Int) {
        let text =
            "[rank 1 on a] the disk is full\n" + frame + "MPI_ABORT was invoked on rank 0 in communicator\nwith …\n"
            + frame + "[a:1] [[1,0],0] ORTE_ERROR_LOG: Out of resource in file util/show_help.c at line 501\n"
            + "[a:1] plm:rsh: Warning: setpgid(2,2) failed in parent with errno=Permission denied(13)\n" + frame
            + "Primary job  terminated normally, but 1 process returned\na non-zero exit code.\n" + frame + frame
            + "mpirun noticed that process rank 1 with PID 0 on node a exited on signal 9 (Killed).\n" + frame
            + frame + "There are not enough slots available\n" + frame + "- item\nlast"
        #expect(
            filtered(text, parts: parts) == "[rank 1 on a] the disk is full\n"
                + "error: rank 1 on a was ended by signal 9 (Killed)\n" + frame
                + "There are not enough slots available\n" + frame + "- item\nlast")
    }

    @Test("That connections broke is said only if nothing else is", arguments: [1, 10_000])
    func consequences(_ parts: Int) {
        let broken =
            frame + "An MPI communication peer process has unexpectedly disconnected.  This\nusually …\n" + frame
            + frame + "WARNING: Open MPI failed to TCP connect to a peer MPI process.  This\nshould …\n" + frame
        let said = "[rank 1 on a] error: the disk is full\n"
        #expect(filtered(said + broken, parts: parts) == said)
        #expect(filtered(broken + said, parts: parts) == said)
        #expect(filtered("output\n" + broken, parts: parts) == "output\n" + broken)
        let killed =
            frame + "mpirun noticed that process rank 1 with PID 0 on node a exited on signal 9 (Killed).\n" + frame
        #expect(
            filtered(broken + killed, parts: parts) == "error: rank 1 on a was ended by signal 9 (Killed)\n")
    }

    @Test("The first reason is kept, without the rank that gave it")
    func reason() {
        var messages = LauncherMessages()
        _ = messages.take(Array("progress\n".utf8))
        #expect(messages.reason == nil)
        _ = messages.take(Array("[rank 1 on a] error: the disk is full\nmore\n[rank 0 on a] error: no\n".utf8))
        #expect(messages.reason == "error: the disk is full")
        var killed = LauncherMessages()
        let notice = "mpirun noticed that process rank 1 with PID 0 on node a exited on signal 9 (Killed).\n"
        _ = killed.take(Array((frame + notice + frame).utf8))
        #expect(killed.reason == "error: rank 1 on a was ended by signal 9 (Killed)")
    }

    @Test(
        "The report of the start is taken, also with the number of a rank before it", arguments: ["", "[1,0]<stderr>:"])
    func start(_ tag: String) {
        var messages = LauncherMessages()
        #expect(messages.take(Array("output\n\(tag)[fusion_bench has".utf8)) == Array("output\n".utf8))
        #expect(!messages.hasStarted)
        #expect(messages.take(Array(" started]\nmore\n".utf8)) == Array("more\n".utf8))
        #expect(messages.hasStarted && messages.finish().isEmpty)
    }

    @Test("Lines of dashes of the ranks stay, and a line without its end comes at once")
    func keeps() {
        let table = frame + (0..<60).map { "row \($0)\n" }.joined() + frame + "end\n"
        #expect(filtered(table, parts: 7) == table)
        var messages = LauncherMessages()
        #expect(messages.take(Array("50 %\r".utf8)) == Array("50 %\r".utf8))
        #expect(messages.take(Array("-\n".utf8)) == Array("-\n".utf8))
    }
}
