import Glibc
import OperatingSystem

/// A small file that has a temporary name until all files of its checkpoint are whole.
struct StagedFile: Sendable {
    private let file: CompanionFile
    /// The absolute path that it will have.
    let path: String
    /// The absolute path that it has until then, in the directory of the checkpoint itself.
    let temporaryPath: String

    init(_ file: CompanionFile, in directory: String) {
        self.file = file
        path = FileSystem.join(directory, file.name)
        temporaryPath = FileSystem.temporaryPath(
            for: FileSystem.join(directory, file.name.replacing("/", with: "-")))
    }

    var name: String { file.name }

    /// The length of the file.
    ///
    /// - Throws: `CheckpointError` if what it is a copy of cannot be read.
    func byteCount() throws(CheckpointError) -> Int { try file.byteCount() }

    /// Writes it under its temporary name.
    ///
    /// - Throws: `CheckpointError` if it cannot be written, or what it is a copy of cannot be read.
    func stage() throws(CheckpointError) {
        let bytes = try file.bytes()
        unlink(temporaryPath)
        do throws(FileSystemError) {
            try FileSystem.writeDirectly(bytes, to: temporaryPath)
        } catch {
            throw .unwritable(path: path, code: error.code)
        }
    }

    /// Gives it its name.
    ///
    /// - Throws: `CheckpointError`; the old file is then still there.
    func publish() throws(CheckpointError) {
        guard rename(temporaryPath, path) == 0 else { throw .unwritable(path: path, code: errno) }
    }

    /// Removes what has no final name yet.
    func discard() { unlink(temporaryPath) }
}
