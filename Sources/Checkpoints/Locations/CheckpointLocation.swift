import Diagnostics
import Glibc
import OperatingSystem

/// Where a configuration says that a model is: a directory, a file, or the name of a model on the hub.
public struct CheckpointLocation: Sendable, Hashable {
    /// A path, or a name such as `openai/clip-vit-base-patch32`.
    public let name: String
    /// A commit, branch or tag of a model on the hub; nil for the branch `main`.
    public let revision: String?
    /// The folder of the model's directory in which the weights are; nil for the directory itself.
    public let subfolder: String?

    /// A location, of which nothing is known to be there.
    public init(_ name: String, revision: String? = nil, subfolder: String? = nil) {
        self.name = name
        self.revision = revision
        self.subfolder = subfolder
    }

    /// A model that was found.
    public struct Resolved: Sendable, Hashable {
        /// The directory with the weights, the configuration and whatever belongs to the model.
        public let directory: String
        /// The file that leads to the weights.
        public let weights: WeightFile
        /// The commit of a model of the hub; nil for other ones.
        public let commit: String?
    }

    /// Finds the model, as Transformers does without a network: a directory, a file, or what is in the cache of the hub.
    ///
    /// - Parameter cache: What was downloaded from the hub.
    /// - Returns: Where its weights are.
    /// - Throws: `CheckpointError.location` with all places where it was looked for.
    public func resolved(cache: HubCache) throws(CheckpointError) -> Resolved {
        do throws(LocationProblem) {
            if FileSystem.isFile(name), !name.utf8.contains(0) {
                guard let weights = WeightFile(name) else { throw .unknownFileKind(path: name) }
                return Resolved(directory: FileSystem.directoryName(name), weights: weights, commit: nil)
            }
            let (directory, commit) = try directory(cache)
            return try resolved(in: directory, commit: commit)
        } catch {
            throw .location(error)
        }
    }

    /// Finds the directory of a model of which no weights are wanted: its tokenizer or image processor, for example.
    ///
    /// - Parameter cache: What was downloaded from the hub.
    /// - Returns: Where the files are.
    /// - Throws: `CheckpointError.location` with all places where it was looked for.
    public func resolvedDirectory(cache: HubCache) throws(CheckpointError) -> String {
        do throws(LocationProblem) {
            if FileSystem.isFile(name), !name.utf8.contains(0) { return FileSystem.directoryName(name) }
            return try folder(of: try directory(cache).path)
        } catch {
            throw .location(error)
        }
    }

    /// The directory that the name leads to, and its commit if it is one of the hub.
    private func directory(_ cache: HubCache) throws(LocationProblem) -> (path: String, commit: String?) {
        // The system would only see what stands before it.
        if name.utf8.contains(0) { throw notFound(cache) }
        if FileSystem.isDirectory(name) { return (name, nil) }
        try checkLink(name)
        if HubCache.isName(name), let snapshot = try cache.snapshot(of: name, revision: revision ?? "main") {
            return (snapshot, snapshot.split(separator: "/").last.map(String.init))
        }
        throw notFound(cache)
    }

    private func resolved(in directory: String, commit: String?) throws(LocationProblem) -> Resolved {
        let folder = try folder(of: directory)
        for name in WeightFile.preferredNames {
            let path = FileSystem.join(folder, name)
            if FileSystem.isFile(path), let weights = WeightFile(path) {
                return Resolved(directory: folder, weights: weights, commit: commit)
            }
            try checkLink(path)
        }
        throw .noWeights(directory: folder, others: FileSystem.names(in: folder).filter(Self.mayHoldWeights))
    }

    /// The subfolder of a directory that is asked for, or the directory itself.
    private func folder(of directory: String) throws(LocationProblem) -> String {
        let folder = FileSystem.join(directory, subfolder ?? "")
        if FileSystem.isDirectory(folder) { return folder }
        let folders = FileSystem.names(in: directory).filter {
            FileSystem.isDirectory(FileSystem.join(directory, $0))
        }
        let wanted = subfolder ?? ""
        throw .noSubfolder(wanted, directory: directory, nearest: NearestNames.of(wanted, among: folders))
    }

    private static func mayHoldWeights(_ name: String) -> Bool {
        let endings = WeightFile.nameEndings + [".ckpt", ".gguf", ".h5", ".msgpack", ".onnx"]
        return endings.contains { name.hasSuffix($0) }
    }

    /// Makes sure that a path at which nothing was found is not a link to something that is missing.
    private func checkLink(_ path: String) throws(LocationProblem) {
        guard let destination = FileSystem.destination(ofLink: path) else { return }
        throw .brokenLink(path: path, destination: destination)
    }

    private func notFound(_ cache: HubCache) -> LocationProblem {
        var places = ["a directory or a file: \(FileSystem.absolute(name))"]
        guard HubCache.isName(name) else { return .notFound(name: name, places: places, nearest: []) }
        places.append("a model in the cache of the hub: \(cache.repository(of: name))")
        return .notFound(name: name, places: places, nearest: NearestNames.of(name, among: cache.modelNames))
    }
}
