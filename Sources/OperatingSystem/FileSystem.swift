import Glibc

/// The few questions that configurations ask of the file system.
public enum FileSystem {
    /// Whether a path leads to anything.
    public static func exists(_ path: String) -> Bool { mode(path) != nil }

    /// Whether a path leads to a directory.
    public static func isDirectory(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false }

    /// Whether a path leads to a regular file.
    public static func isFile(_ path: String) -> Bool { mode(path).map { $0 & S_IFMT == S_IFREG } ?? false }

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode : nil
    }

    /// The names in a directory, sorted; empty if it cannot be read.
    public static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory.isEmpty ? "." : directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(entry.pointee.d_reclen)) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The bytes of a file.
    ///
    /// - Throws: `FileSystemError` with the system's reason.
    public static func read(_ path: String) throws(FileSystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystemError(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileSystemError(path: path, code: errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw FileSystemError(path: path, code: EISDIR) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: max(4096, Int(status.st_size) + 1))
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileSystemError(path: path, code: errno)
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Writes a file so that a reader sees the old or the new content and nothing between: to a temporary name beside it,
    /// then renamed.
    ///
    /// - Throws: `FileSystemError` with the system's reason; the old file is then still there.
    public static func write(_ content: some Collection<UInt8>, to path: String) throws(FileSystemError) {
        let temporary = temporaryPath(for: path)
        do throws(FileSystemError) {
            try writeDirectly(content, to: temporary)
            if Glibc.rename(temporary, path) != 0 { throw FileSystemError(path: path, code: errno) }
        } catch {
            unlink(temporary)
            throw FileSystemError(path: path, code: error.code)
        }
    }

    /// Writes a file under its name, so that a reader may see only a part of it.
    ///
    /// - Throws: `FileSystemError` with the system's reason; what was written until then is still there.
    public static func writeDirectly(_ content: some Collection<UInt8>, to path: String) throws(FileSystemError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileSystemError(path: path, code: errno) }
        var failure: Int32?
        var bytes = Array(content)[...]
        while !bytes.isEmpty, failure == nil {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno != EINTR {
                failure = errno
            }
        }
        if close(descriptor) != 0, failure == nil { failure = errno }
        if let failure { throw FileSystemError(path: path, code: failure) }
    }

    /// Writes a text, in the same way.
    ///
    /// - Throws: `FileSystemError` with the system's reason; the old file is then still there.
    public static func write(_ text: String, to path: String) throws(FileSystemError) {
        try write(text.utf8, to: path)
    }

    /// Gives a file another name, in place of what had this name.
    ///
    /// - Throws: `FileSystemError` with the system's reason.
    public static func rename(_ path: String, to name: String) throws(FileSystemError) {
        if Glibc.rename(path, name) != 0 { throw FileSystemError(path: name, code: errno) }
    }

    /// Removes a file, if it is there and can be removed.
    public static func remove(_ path: String) { unlink(path) }

    /// The name under which this process writes a file until it is whole: `<path>.tmp-<host>-<process>`.
    public static func temporaryPath(for path: String) -> String { "\(path).tmp-\(HostName.current)-\(getpid())" }

    /// Makes a directory and the ones above it.
    ///
    /// - Throws: `FileSystemError` with the system's reason.
    public static func makeDirectory(_ path: String) throws(FileSystemError) {
        if path.isEmpty || isDirectory(path) { return }
        let parent = directoryName(path)
        if parent != path { try makeDirectory(parent) }
        // Some other process may have made it in the meantime.
        if mkdir(path, 0o755) != 0 {
            let code = errno
            if code == EEXIST, isDirectory(path) { return }
            throw FileSystemError(path: path, code: code == EEXIST ? ENOTDIR : code)
        }
    }

    /// Waits until a file is on the disk, or the names in a directory, such as that of a file that was just renamed.
    ///
    /// - Throws: `FileSystemError` with the system's reason.
    public static func flush(_ path: String) throws(FileSystemError) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystemError(path: path, code: errno) }
        defer { close(descriptor) }
        // Some file systems have nothing to flush for a directory.
        if fsync(descriptor) != 0, errno != EINVAL { throw FileSystemError(path: path, code: errno) }
    }

    /// The current working directory.
    public static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    /// A path without `.` and `..` components and double slashes, from the root.
    ///
    /// Links are not followed.
    public static func absolute(_ path: String) -> String {
        let full = path.hasPrefix("/") ? path : workingDirectory + "/" + path
        var components: [Substring] = []
        for component in full.split(separator: "/") {
            if component == ".." {
                _ = components.popLast()
            } else if component != "." {
                components.append(component)
            }
        }
        return "/" + components.joined(separator: "/")
    }

    /// A path with all links followed; nil if it does not exist.
    public static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What a link says that it leads to; nil for everything else.
    public static func destination(ofLink path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A path as it is best shown: relative if it lies below the working directory.
    public static func display(_ path: String) -> String {
        let directory = workingDirectory
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }

    /// What stands before the last slash.
    public static func directoryName(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Two parts of a path with one slash between them; an absolute second part stands alone.
    public static func join(_ directory: String, _ name: String) -> String {
        if name.hasPrefix("/") || directory.isEmpty { return name }
        if name.isEmpty { return directory }
        return directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}

/// A failed call of the system.
public struct FileSystemError: Error, CustomStringConvertible {
    /// The file or directory.
    public let path: String
    /// The `errno` code.
    public let code: Int32

    /// A failure with the system's code.
    public init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    /// The system's words for the code.
    public var reason: String { String(cString: strerror(code)) }

    /// Path and reason.
    public var description: String { "\(path): \(reason)" }
}
