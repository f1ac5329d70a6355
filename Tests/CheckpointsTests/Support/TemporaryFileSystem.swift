import Glibc
import TestSupport

/// A small file system in memory, which can be full or not writable; only root can make one.
final class TemporaryFileSystem: Sendable {
    static let isAvailable = (try? TemporaryFileSystem(byteCount: 1 << 16)) != nil
    static let reason = "only root can mount a file system"

    private let directory: ScratchDirectory
    /// Where it is mounted.
    var path: String { directory.path }

    /// Mounts a file system with so many bytes, which may have so many files and directories, itself included.
    init(byteCount: Int, fileCount: Int = 1000) throws {
        directory = try ScratchDirectory()
        guard mount("fusion_bench", directory.path, "tmpfs", 0, "size=\(byteCount),nr_inodes=\(fileCount)") == 0 else {
            throw Failure()
        }
    }

    /// Lets nobody write to it any more.
    func makeReadOnly() throws {
        let flags = UInt(MS_REMOUNT) | UInt(MS_RDONLY)
        guard mount("fusion_bench", path, "tmpfs", flags, nil) == 0 else { throw Failure() }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Why it could not be mounted.
    struct Failure: Error {
        let reason = String(cString: strerror(errno))
    }
}
