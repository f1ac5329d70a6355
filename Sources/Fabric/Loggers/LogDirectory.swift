import Glibc
import Synchronization

/// The part of a log directory that tells one run from another.
public enum LogVersion: Sendable, Equatable {
    /// The `version_N` after those that exist.
    case next
    /// `version_N` with this number.
    case number(Int)
    /// A directory with this name; none if it is empty.
    case named(String)
}

/// Where a logger writes: `root/name/version`, in which empty parts are left out.
final class LogDirectory: Sendable {
    private let root: String
    private let name: String
    private let version: LogVersion
    private let subdirectory: String
    private let resolved = Mutex<String?>(nil)

    init(root: String, name: String, version: LogVersion, subdirectory: String = "") {
        self.root = root
        self.name = name
        self.version = version
        self.subdirectory = subdirectory
    }

    /// The path; the next free version is looked for once, at the first use.
    var path: String {
        resolved.withLock { resolved in
            if let resolved { return resolved }
            let parent = LogFiles.join(root, name)
            let versionName =
                switch version {
                case .next: "version_\(Self.nextVersion(in: parent))"
                case .number(let number): "version_\(number)"
                case .named(let name): name
                }
            let path = LogFiles.join(LogFiles.join(parent, versionName), subdirectory)
            resolved = path
            return path
        }
    }

    /// The number after the highest `N` of the directories `version_N`.
    private static func nextVersion(in directory: String) -> Int {
        var next = 0
        for name in LogFiles.names(in: directory) where name.hasPrefix("version_") {
            let digits = name.split(separator: "_", omittingEmptySubsequences: false)[1]
            guard digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), let number = Int(digits),
                number < .max, LogFiles.isDirectory(LogFiles.join(directory, name))
            else { continue }
            next = max(next, number + 1)
        }
        return next
    }
}
