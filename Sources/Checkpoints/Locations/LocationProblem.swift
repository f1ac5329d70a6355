import Diagnostics

/// Why there is no checkpoint where one was looked for.
public enum LocationProblem: Error, Sendable, Equatable {
    /// Nothing has this name; with the places where it was looked for, and similar names in the cache of the hub.
    case notFound(name: String, places: [String], nearest: [String])
    /// A repository is in the cache of the hub, but not at this commit, branch or tag.
    case unknownRevision(
        name: String, kind: HubCache.RepositoryKind, revision: String, repository: String, known: [String])
    /// A text that no commit, branch or tag can have as its name.
    case invalidRevision(String)
    /// A directory lacks the folder with the weights.
    case noSubfolder(String, directory: String, nearest: [String])
    /// A directory holds no weights that can be read; with the names of the files that hold weights in other forms.
    case noWeights(directory: String, others: [String])
    /// A link leads to nothing, perhaps because a download was not finished.
    case brokenLink(path: String, destination: String)
    /// The name of a file does not tell what it is.
    case unknownFileKind(path: String)
}

extension LocationProblem: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .notFound(let name, let places, let nearest):
            "There is no model \(name.quoted()); looked for it as\n" + places.map { "  \($0)" }.joined(separator: "\n")
                + (nearest.isEmpty ? "" : "\nIn the cache are: \(nearest.quotedList())")
        case .unknownRevision(let name, let kind, let revision, let repository, let known):
            "The \(kind.spokenName) \(name.quoted()) is in \(repository), but not at the revision \(revision.quoted())"
                + (known.isEmpty ? "" : "; there are: \(known.quotedList())")
        case .invalidRevision(let revision): "\(revision.quoted()) is no commit, branch or tag"
        case .noSubfolder(let folder, let directory, let nearest):
            "\(directory) has no folder \(folder.quoted())"
                + (nearest.isEmpty ? "" : "; near: \(nearest.quotedList())")
        case .noWeights(let directory, let others):
            "\(directory) holds no weights; looked for \(WeightFile.preferredNames.quotedList())"
                + (others.isEmpty ? "" : "; there are: \(others.quotedList())")
        case .brokenLink(let path, let destination):
            "\(path) is a link to \(destination), which is not there; perhaps a download was not finished"
        case .unknownFileKind(let path):
            "\(path) is of an unknown kind; the names of checkpoints end in \(WeightFile.nameEndings.quotedList())"
        }
    }
}
