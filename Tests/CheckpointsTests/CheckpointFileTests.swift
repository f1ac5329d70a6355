import Checkpoints
import Glibc
import OperatingSystem
import Testing

@Suite struct CheckpointFileTests {
    @Test func readsRangesAndNamesWhatIsMissing() throws {
        let path = "/tmp/fusion_bench-checkpoint-file-\(getpid())"
        try FileSystem.write([1, 2, 3, 4, 5] as [UInt8], to: path)
        defer { unlink(path) }
        let file = try CheckpointFile(path)
        #expect(file.byteCount == 5)
        #expect(try file.read(1..<4) == [2, 3, 4])
        #expect(throws: CheckpointError.truncated(path: path, expected: 9, found: 5)) { try file.read(2..<9) }
        #expect(throws: CheckpointError.unreadable(path: "/tmp", code: EISDIR)) { try CheckpointFile("/tmp") }
        #expect(throws: CheckpointError.unreadable(path: path + "x", code: ENOENT)) { try CheckpointFile(path + "x") }
    }
}
