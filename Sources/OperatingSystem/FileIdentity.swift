import Glibc

/// What makes two paths the same file or directory, by whatever names and links they lead there.
public struct FileIdentity: Hashable, Sendable {
    private let device: UInt
    private let number: UInt

    /// What a path leads to, with all links followed; nil if nothing is there.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        number = UInt(status.st_ino)
    }
}
