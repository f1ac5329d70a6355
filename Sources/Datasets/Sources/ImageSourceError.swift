import Diagnostics
import Glibc

/// Why files are no data set of images.
public enum ImageSourceError: Error, Sendable, Equatable {
    /// A file or directory cannot be read; the system's error code.
    case unreadable(path: String, code: Int32)
    /// There is nothing where a data set was looked for; what would have to be there.
    case nothingFound(path: String, expected: String)
    /// There is no such split; those that there are.
    case noSplit(path: String, split: String, splits: [String])
    /// A file is not what its format asks for; in some formats, where.
    case malformed(path: String, place: String?, problem: String)
    /// Files that belong together have different numbers of examples.
    case unequalCounts(path: String, count: Int, otherPath: String, otherCount: Int)
}

extension ImageSourceError: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String { message.withVisibleControls }

    private var message: String {
        switch self {
        case .unreadable(let path, let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        case .nothingFound(let path, let expected): "\(path): expected \(expected)"
        case .noSplit(let path, let split, let splits):
            "\(path) has no split \(split.quoted()); there are \(splits.quotedList())"
        case .malformed(let path, let place, let problem): "\(path)\(place.map { ", \($0)" } ?? ""): \(problem)"
        case .unequalCounts(let path, let count, let otherPath, let otherCount):
            "\(path) has \(count) examples, but \(otherPath) has \(otherCount)"
        }
    }
}
