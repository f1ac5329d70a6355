import Checkpoints
import Glibc
import OperatingSystem
import OrderedCollections
import Tensors
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

    @Test(.timeLimit(.minutes(1))) func refusesWhatIsNoFileWithoutWaiting() throws {
        let path = "/tmp/fusion_bench-checkpoint-pipe-\(getpid())"
        try #require(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        for path in [path, "/dev/null"] {
            #expect(throws: CheckpointError.unreadable(path: path, code: EINVAL)) { try CheckpointFile(path) }
        }
    }

    @Test func namesTheTensorsNearAMissingOne() throws {
        let file = try CheckpointFile("/etc/passwd")
        let tensor = LazyTensor(dtype: .uint8, shape: [2], source: FileExtent(file: file, offset: 1))
        let stateDict = LazyStateDict(tensors: ["layers.0.weight": tensor, "x": tensor], path: "p")
        #expect(try stateDict.tensor("x").readAll() == file.read(1..<3))
        #expect(throws: CheckpointError.missingTensor(path: "p", name: "layer.0.weight", nearest: ["layers.0.weight"]))
        {
            try stateDict.tensor("layer.0.weight")
        }
    }
}
