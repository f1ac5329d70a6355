import Foundation
import OperatingSystem
import Testing

@Suite("Files and directories")
struct FileSystemTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    @Test("A text is written whole, read, and leaves nothing else")
    func writeAndRead() throws {
        try FileSystem.makeDirectory(directory + "/a/b")
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/a/b/text"
        try FileSystem.write("first", to: path)
        try FileSystem.write("second", to: path)
        #expect(try FileSystem.read(path) == Array("second".utf8))
        #expect(FileSystem.names(in: directory + "/a/b") == ["text"])
    }

    @Test("A file in the way of a directory is an error that says so, and stays")
    func fileInTheWay() throws {
        try FileSystem.makeDirectory(directory)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileSystem.write("text", to: directory + "/file")
        for path in [directory + "/file", directory + "/file/below"] {
            let error = #expect(throws: FileSystemError.self) { try FileSystem.makeDirectory(path) }
            #expect(error?.code == ENOTDIR, "\(String(describing: error))")
        }
        #expect(try FileSystem.read(directory + "/file") == Array("text".utf8))
    }

    @Test("What cannot be read or written is an error with the path")
    func errors() throws {
        let read = #expect(throws: FileSystemError.self) { try FileSystem.read(directory + "/none") }
        #expect(read?.path == directory + "/none" && read?.code == ENOENT)
        let write = #expect(throws: FileSystemError.self) { try FileSystem.write("", to: directory + "/none/text") }
        #expect(write?.code == ENOENT)
        #expect(#expect(throws: FileSystemError.self) { try FileSystem.read("/") }?.code == EISDIR)
    }

    @Test(
        "Paths are joined with one slash",
        arguments: [("a", "b", "a/b"), ("a/", "b", "a/b"), ("", "b", "b"), ("a", "", "a"), ("a", "/b", "/b")])
    func join(_ first: String, _ second: String, joined: String) {
        #expect(FileSystem.join(first, second) == joined)
    }
}
