import OperatingSystem

/// The folder in which `huggingface_hub` keeps what it has downloaded.
///
/// A model `org/name` lies in `models--org--name`, a data set in `datasets--org--name`: its commits are in
/// `snapshots/<commit>`, as links into `blobs`, and `refs/<branch>` says which commit a branch or tag stands for. Nothing
/// is ever downloaded here.
///
/// See <https://huggingface.co/docs/huggingface_hub/guides/manage-cache>.
public struct HubCache: Sendable, Hashable {
    /// Where it is; perhaps nothing is there.
    public let directory: String

    /// A cache at a path.
    public init(directory: String) {
        self.directory = directory
    }

    /// What a repository of the hub holds.
    public enum RepositoryKind: Sendable, Hashable {
        case model
        case dataset

        /// How the names of the folders begin.
        fileprivate var folderPrefix: String {
            switch self {
            case .model: "models--"
            case .dataset: "datasets--"
            }
        }

        /// What messages call it.
        var spokenName: String {
            switch self {
            case .model: "model"
            case .dataset: "data set"
            }
        }
    }

    /// Whether a name can be that of a repository on the hub: `name` or `organisation/name`.
    ///
    /// Letters, digits, `-`, `_` and `.` are allowed, at most 96 each; neither part begins or ends with `-` or `.`, and
    /// `--` and `..` do not occur. Such a name leads nowhere but into the cache.
    public static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, !name.contains("--"), !name.contains(".."), !name.hasSuffix(".git") else {
            return false
        }
        return parts.allSatisfy { part in
            let utf8 = part.utf8
            guard let first = utf8.first, let last = utf8.last, utf8.count <= 96 else { return false }
            return utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
                && isWord(first) && isWord(last)
        }
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// The folder of a repository, whether it is there or not.
    ///
    /// - Parameters:
    ///   - name: A name for which `isName` holds.
    ///   - kind: What it holds.
    /// - Returns: Its path.
    public func repository(of name: String, kind: RepositoryKind = .model) -> String {
        FileSystem.join(directory, kind.folderPrefix + name.replacing("/", with: "--"))
    }

    /// The names of all models that are in the cache, sorted.
    public var modelNames: [String] { names(of: .model) }

    /// The names of all repositories of a kind that are in the cache, sorted.
    public func names(of kind: RepositoryKind) -> [String] {
        FileSystem.names(in: directory).compactMap { (folder) -> String? in
            guard folder.hasPrefix(kind.folderPrefix) else { return nil }
            let name = String(folder.dropFirst(kind.folderPrefix.count)).replacing("--", with: "/")
            return Self.isName(name) ? name : nil
        }
    }

    /// The folder with the files of a repository at a commit, branch or tag.
    ///
    /// - Parameters:
    ///   - name: A name for which `isName` holds.
    ///   - kind: What it holds.
    ///   - revision: A commit, branch or tag.
    /// - Returns: Nil if the repository is not in the cache at all.
    /// - Throws: `LocationProblem` if it is there, but not at this revision.
    public func snapshot(
        of name: String, kind: RepositoryKind = .model, revision: String
    ) throws(LocationProblem) -> String? {
        let repository = repository(of: name, kind: kind)
        guard FileSystem.isDirectory(repository) else { return nil }
        let components = revision.split(separator: "/", omittingEmptySubsequences: false)
        guard !revision.utf8.contains(0), components.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            throw .invalidRevision(revision)
        }
        let commit = commit(ofReference: "\(repository)/refs/\(revision)") ?? revision
        let snapshot = "\(repository)/snapshots/\(commit)"
        guard !commit.contains("/"), FileSystem.isDirectory(snapshot) else {
            throw .unknownRevision(
                name: name, kind: kind, revision: revision, repository: repository,
                known: knownRevisions(in: repository))
        }
        return snapshot
    }

    /// The commit that stands in a file below `refs`.
    private func commit(ofReference path: String) -> String? {
        guard FileSystem.isFile(path), let file = try? CheckpointFile(path), file.byteCount <= 200,
            let bytes = try? file.read(0..<file.byteCount)
        else { return nil }
        let commit = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        return commit.utf8.allSatisfy(Self.isWord) && !commit.isEmpty ? commit : nil
    }

    /// Branches, tags and commits that are in the cache.
    private func knownRevisions(in repository: String) -> [String] {
        FileSystem.names(in: repository + "/refs") + FileSystem.names(in: repository + "/snapshots")
    }
}
