import Glibc

extension TemporaryFiles {
    /// The name under which this process writes a file until it is whole: `<path>.tmp-<host>-<process>`.
    public static func temporaryPath(for path: String) -> String { "\(path).tmp-\(HostName.current)-\(getpid())" }

    /// Removes the temporary files that processes of this host left in a directory when they were killed.
    ///
    /// Global zero calls it when it starts to use an output directory. Files of other hosts stay: whether their processes
    /// live cannot be known here.
    ///
    /// - Returns: The names of the removed files, sorted.
    @discardableResult
    public static func removeStale(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var removed: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let process = process(ofTemporaryFile: name), isDead(process) else { continue }
            if unlink(directory + "/" + name) == 0 { removed.append(name) }
        }
        return removed.sorted()
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
