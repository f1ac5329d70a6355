import Glibc
import OperatingSystem

extension Fabric {
    /// Writes a file for the whole job: global zero writes it under a temporary name, flushes and renames it, while the
    /// others wait.
    ///
    /// When this returns on any rank, the file is whole. Whatever ends the job before leaves the previous file as it was.
    ///
    /// - Parameters:
    ///   - path: The file; its directory is made if it is not there.
    ///   - name: The name of the call.
    ///   - write: Writes the content to a path that does not exist yet; runs on global zero only.
    /// - Throws: `FileSystemError` if global zero cannot write, or the error of `write`.
    public func save(to path: String, _ name: String, write: (_ temporaryPath: String) throws -> Void) throws {
        if isGlobalZero {
            try FileSystem.makeDirectory(FileSystem.directoryName(path))
            let temporary = FileSystem.temporaryPath(for: FileSystem.absolute(path))
            holdTemporaryFile(temporary)
            do {
                try write(temporary)
                try FileSystem.flush(temporary)
                try FileSystem.rename(temporary, to: path)
            } catch {
                unlink(temporary)
                releaseTemporaryFile(temporary)
                throw error
            }
            releaseTemporaryFile(temporary)
        }
        try barrier("saved " + name)
    }

    /// Writes bytes to a file for the whole job, in the same way.
    ///
    /// - Throws: `FileSystemError` if global zero cannot write.
    public func save(_ bytes: [UInt8], to path: String, _ name: String) throws {
        try save(to: path, name) { try FileSystem.write(bytes, to: $0) }
    }

    /// The content of a file that only global zero needs to see, on all ranks.
    ///
    /// - Throws: `FileSystemError` if global zero cannot read it.
    public func load(_ path: String, _ name: String) throws -> [UInt8] {
        try broadcast(isGlobalZero ? try FileSystem.read(path) : [], "load " + name)
    }
}
