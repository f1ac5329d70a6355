import CLinux
import Glibc

extension FileSystem {
    /// The bytes that this user may still write where a path lies; nil if the system does not say.
    public static func availableByteCount(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (count, overflow) = UInt(status.f_bavail).multipliedReportingOverflow(by: UInt(status.f_frsize))
        return overflow || count > Int.max ? Int.max : Int(count)
    }

    /// Reserves room for an open file, which then has this length, so that a full disk is known before it is written.
    ///
    /// Where the file system cannot reserve room, it is only asked for what is free now.
    ///
    /// - Throws: `FileSystemError`, with `ENOSPC` if there is no room.
    public static func reserve(_ byteCount: Int, for descriptor: Int32, path: String) throws(FileSystemError) {
        while fallocate(descriptor, 0, 0, byteCount) != 0 {
            switch errno {
            case EINTR: continue
            case EOPNOTSUPP, ENOSYS:
                if let available = availableByteCount(at: path), available < byteCount {
                    throw FileSystemError(path: path, code: ENOSPC)
                }
                guard ftruncate(descriptor, byteCount) == 0 else { throw FileSystemError(path: path, code: errno) }
                return
            default: throw FileSystemError(path: path, code: errno)
            }
        }
    }
}
