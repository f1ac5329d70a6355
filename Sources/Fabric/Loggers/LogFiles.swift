import Glibc

/// The few things that loggers do with files and directories.
enum LogFiles {
    /// Whether a path leads to a directory.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether a path leads to something that holds bytes.
    static func hasContent(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    /// The names in a directory; none if it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory.isEmpty ? "." : directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(entry.pointee.d_reclen)) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes a directory and the ones above it.
    static func makeDirectory(_ path: String) throws(MetricLoggerError) {
        if path.isEmpty || isDirectory(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeDirectory(String(path[..<slash])) }
        // Some other process may have made it in the meantime.
        if mkdir(path, 0o755) != 0 {
            let code = errno
            if code == EEXIST, isDirectory(path) { return }
            throw .system(.makeDirectory, path: path, code: code == EEXIST ? ENOTDIR : code)
        }
    }

    /// Removes a file if it exists.
    static func remove(_ path: String) throws(MetricLoggerError) {
        if unlink(path) != 0, errno != ENOENT { throw .system(.write, path: path, code: errno) }
    }

    /// The bytes of a file.
    static func read(_ path: String) throws(MetricLoggerError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(.open, path: path, code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(.read, path: path, code: errno)
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Writes a file so that a reader sees the old or the new content and nothing between.
    static func replace(_ path: String, with bytes: [UInt8]) throws(MetricLoggerError) {
        let temporary = path + ".tmp-\(getpid())"
        do throws(MetricLoggerError) {
            try remove(temporary)
            let file = try AppendingFile(temporary)
            try file.append(bytes)
            try file.close()
        } catch {
            unlink(temporary)
            guard case .system(let attempt, _, let code) = error else { throw error }
            throw .system(attempt, path: path, code: code)
        }
        if rename(temporary, path) != 0 {
            let code = errno
            unlink(temporary)
            throw .system(.write, path: path, code: code)
        }
    }

    /// Two parts of a path with one slash between them; an absolute second part stands alone.
    static func join(_ directory: String, _ name: String) -> String {
        if name.hasPrefix("/") || directory.isEmpty { return name }
        if name.isEmpty { return directory }
        return directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}
