import Foundation
import OperatingSystem
import Testing

@Suite("Identity and room of files")
struct FileIdentityTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    @Test("Links lead to the same file, copies do not")
    func identity() throws {
        try FileSystem.makeDirectory(directory)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = { (name: String) in "\(directory)/\(name)" }
        for name in ["file", "copy"] { try FileSystem.write("text", to: path(name)) }
        try #require(link(path("file"), path("hard")) == 0 && symlink("file", path("soft")) == 0)
        try #require(symlink(".", path("here")) == 0)
        let file = try #require(FileIdentity(path("file")))
        #expect(file == FileIdentity(path("hard")) && file == FileIdentity(path("soft")))
        #expect(file == FileIdentity(path("here/here/soft")) && FileIdentity(directory) == FileIdentity(path("here")))
        #expect(file != FileIdentity(path("copy")) && file != FileIdentity(directory))
        #expect(FileIdentity(path("none")) == nil)
    }

    @Test("A reserved file has its length, and absurd lengths are refused")
    func reserve() throws {
        try FileSystem.makeDirectory(directory)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let available = try #require(FileSystem.availableByteCount(at: directory))
        #expect(available > 0 && FileSystem.availableByteCount(at: directory + "/none") == nil)
        let path = directory + "/file"
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try FileSystem.reserve(12345, for: descriptor, path: path)
        #expect(try FileSystem.read(path).count == 12345)
        #expect(throws: FileSystemError.self) { try FileSystem.reserve(.max, for: descriptor, path: path) }
    }

    @Test("Files and directories can be flushed")
    func flush() throws {
        try FileSystem.makeDirectory(directory)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileSystem.write("text", to: directory + "/file")
        try FileSystem.flush(directory + "/file")
        try FileSystem.flush(directory)
        #expect(#expect(throws: FileSystemError.self) { try FileSystem.flush(directory + "/none") }?.code == ENOENT)
    }
}
