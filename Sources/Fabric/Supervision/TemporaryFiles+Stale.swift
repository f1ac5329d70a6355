import Glibc
import OperatingSystem

/// What killed processes left, which is known by the names that `FileSystem.temporaryPath` gives.
extension TemporaryFiles {
    /// Removes the temporary files that processes of this host left in a directory when they were killed.
    ///
    /// Global zero calls it when it starts to use an output directory. Files of other hosts stay: whether their processes
    /// live cannot be known here.
    ///
    /// - Returns: The names of the removed files, sorted.
    @discardableResult
    public static func removeStale(in directory: String) -> [String] {
        FileSystem.names(in: directory).filter { name in
            guard let process = process(ofTemporaryFile: name), isDead(process) else { return false }
            return unlink(FileSystem.join(directory, name)) == 0
        }
    }

    /// The process that makes a temporary file; nil for other names, and for files of other hosts.
    static func process(ofTemporaryFile name: String) -> pid_t? {
        guard let dash = name.lastIndex(of: "-"), name[..<dash].hasSuffix(".tmp-\(HostName.current)"),
            let process = pid_t(name[name.index(after: dash)...]), process > 0
        else { return nil }
        return process
    }

    private static func isDead(_ process: pid_t) -> Bool { kill(process, 0) != 0 && errno == ESRCH }
}
