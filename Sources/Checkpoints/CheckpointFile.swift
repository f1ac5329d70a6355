import Glibc

/// A file of a checkpoint, open for reading from any thread.
public final class CheckpointFile: Sendable {
    /// The path that it was opened with.
    public let path: String
    /// Its length in bytes when it was opened.
    public let byteCount: Int
    let descriptor: Int32

    /// Opens a regular file.
    ///
    /// - Throws: `CheckpointError.unreadable` with the system's reason.
    public init(_ path: String) throws(CheckpointError) {
        self.path = path
        // A pipe must be refused, not waited for.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.closing(descriptor, path, errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: byteCount = Int(status.st_size)
        case S_IFDIR: throw Self.closing(descriptor, path, EISDIR)
        default: throw Self.closing(descriptor, path, EINVAL)
        }
    }

    private static func closing(_ descriptor: Int32, _ path: String, _ code: Int32) -> CheckpointError {
        close(descriptor)
        return .unreadable(path: path, code: code)
    }

    deinit { close(descriptor) }

    /// Its length in bytes now.
    ///
    /// - Throws: `CheckpointError.unreadable` with the system's reason.
    func currentByteCount() throws(CheckpointError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, code: errno) }
        return Int(status.st_size)
    }

    /// Reads bytes from an offset on, exactly as many as there is room for.
    ///
    /// - Throws: `CheckpointError.truncated` if the file ends before, `.unreadable` with the system's reason.
    public func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
        var done = 0
        while done < bytes.count {
            let count = pread(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
            if count > 0 {
                done += count
            } else if count == 0 {
                throw .truncated(path: path, expected: offset + bytes.count, found: offset + done)
            } else if errno != EINTR {
                throw .unreadable(path: path, code: errno)
            }
        }
    }

    /// The bytes of a range.
    ///
    /// - Throws: As `read(at:into:)`.
    public func read(_ range: Range<Int>) throws(CheckpointError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var failure: CheckpointError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(CheckpointError) { try read(at: range.lowerBound, into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }
}
