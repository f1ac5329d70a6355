import Glibc

/// A file that records are added to, one write call for each, so that a killed process leaves whole records.
final class AppendingFile {
    let path: String
    private var descriptor: Int32

    /// Opens a file for adding to its end, and makes it if it does not exist.
    init(_ path: String) throws(MetricLoggerError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(.open, path: path, code: errno) }
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Adds a record; if it does not fit as a whole, the file is left as it was.
    func append(_ record: [UInt8]) throws(MetricLoggerError) {
        var written = 0
        while written < record.count {
            let count = record[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                let code = errno
                removeTail(written)
                throw .system(.write, path: path, code: code)
            }
        }
    }

    /// Cuts off what stands after the last line break: half a line that a crash or a full disk left.
    func removeHalfLine() throws(MetricLoggerError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(.read, path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { return }
        var end = status.st_size
        var chunk = [UInt8](repeating: 0, count: 4096)
        while end > 0 {
            let start = max(0, end - chunk.count)
            let count = pread(descriptor, &chunk, end - start, start)
            guard count == end - start else { throw .system(.read, path: path, code: count < 0 ? errno : EIO) }
            if let lineBreak = chunk[..<count].lastIndex(of: UInt8(ascii: "\n")) {
                end = start + lineBreak + 1
                break
            }
            end = start
        }
        if end < status.st_size, ftruncate(descriptor, end) != 0 {
            throw .system(.write, path: path, code: errno)
        }
    }

    /// Closes the file, and reports errors that the system has kept until now.
    func close() throws(MetricLoggerError) {
        guard descriptor >= 0 else { return }
        let result = Glibc.close(descriptor)
        descriptor = -1
        if result != 0, errno != EINTR { throw .system(.write, path: path, code: errno) }
    }

    private func removeTail(_ count: Int) {
        var status = stat()
        guard count > 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        _ = ftruncate(descriptor, max(0, status.st_size - count))
    }
}
