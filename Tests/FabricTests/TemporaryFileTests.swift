import Foundation
import OperatingSystem
import TestSupport
import Testing

@testable import Fabric

@Suite("Temporary files")
struct TemporaryFileTests {
    @Test("Those of dead processes go, those of living ones and of other hosts stay")
    func stale() throws {
        let scratch = try ScratchDirectory()
        // A process that has ended: its number is free, and not soon given out again.
        let dead = Process()
        dead.executableURL = URL(fileURLWithPath: "/bin/true")
        try dead.run()
        dead.waitUntilExit()
        let host = HostName.current
        let own = URL(fileURLWithPath: FileSystem.temporaryPath(for: scratch.path + "/model")).lastPathComponent
        #expect(own == "model.tmp-\(host)-\(getpid())")
        let stale = "model.safetensors.tmp-\(host)-\(dead.processIdentifier)"
        let others = [own, "model", "model.tmp-elsewhere.\(host)x-\(dead.processIdentifier)", "x.tmp-\(host)-", "a-1"]
        for name in others + [stale] { try scratch.write(name, "") }
        #expect(TemporaryFiles.removeStale(in: scratch.path) == [stale])
        #expect(scratch.files == others.sorted())
        #expect(TemporaryFiles.removeStale(in: scratch.path + "/nothing") == [])
    }

    @Test("Control messages survive the way", arguments: ["/a b/ü.tmp", ""])
    func messages(_ path: String) {
        for message in [ControlMessage.hold(path), .release(path), .failure(path), .place(path), .askPlace] {
            #expect(ControlMessage(bytes: message.bytes) == message)
        }
    }
}
