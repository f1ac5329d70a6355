import Glibc

/// What can go wrong when metrics are written.
public enum MetricLoggerError: Error, Sendable, Equatable {
    /// What was tried with a file or directory.
    public enum Attempt: String, Sendable {
        /// A directory was to be made.
        case makeDirectory = "make the directory"
        /// A file was to be opened.
        case open
        /// A file was to be read.
        case read
        /// A file was to be written: a full disk, for instance.
        case write
    }

    /// The system refused; with its `errno` code.
    case system(Attempt, path: String, code: Int32)
    /// The file of metrics is not what the logger left there.
    case changedFile(path: String)
    /// A number of steps or records between two writes that is not positive.
    case invalidInterval(name: String, Int)
}

extension MetricLoggerError: CustomStringConvertible {
    /// What went wrong, and where.
    public var description: String {
        switch self {
        case .system(let attempt, let path, let code):
            "Cannot \(attempt.rawValue) \(path): \(String(cString: strerror(code)))"
        case .changedFile(let path): "\(path) was changed by something else while the run was logging to it"
        case .invalidInterval(let name, let value): "\(name) is \(value), but must be at least 1"
        }
    }
}
