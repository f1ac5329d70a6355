import Glibc
import OperatingSystem

/// The few things that loggers do with files and directories.
enum LogFiles {
    /// Whether a path leads to something that holds bytes.
    static func hasContent(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    /// Makes a directory and the ones above it.
    static func makeDirectory(_ path: String) throws(MetricLoggerError) {
        do {
            try FileSystem.makeDirectory(path)
        } catch {
            throw .system(.makeDirectory, path: error.path, code: error.code)
        }
    }

    /// Removes a file if it exists.
    static func remove(_ path: String) throws(MetricLoggerError) {
        if unlink(path) != 0, errno != ENOENT { throw .system(.write, path: path, code: errno) }
    }

    /// The bytes of a file.
    static func read(_ path: String) throws(MetricLoggerError) -> [UInt8] {
        do {
            return try FileSystem.read(path)
        } catch {
            throw .system(.read, path: error.path, code: error.code)
        }
    }

    /// Writes a file so that a reader sees the old or the new content and nothing between.
    static func replace(_ path: String, with bytes: [UInt8]) throws(MetricLoggerError) {
        do {
            try FileSystem.write(bytes, to: path)
        } catch {
            throw .system(.write, path: error.path, code: error.code)
        }
    }
}
