import Checkpoints
import Fabric
import JSON
import OperatingSystem
import OrderedCollections

/// What tells the models of a pool from others of the same names: digests of all files that hold their weights.
struct InputDigests: Sendable, Equatable {
    /// The files of one model.
    struct Model: Sendable, Equatable {
        /// The commit of a model of the hub; nil for other ones.
        let commit: String?
        /// The digests by the names of the files.
        let files: OrderedDictionary<String, FileDigest>
    }

    /// By the names of the models, in the order of the pool.
    let models: OrderedDictionary<String, Model>

    /// Nothing is known of any model.
    static let none = InputDigests(models: [:])

    private init(models: OrderedDictionary<String, Model>) {
        self.models = models
    }

    /// Finds the digests, each file on one thread of one rank.
    ///
    /// All ranks do it together.
    ///
    /// - Parameters:
    ///   - pool: The models; headers are read of those that have not been looked at yet.
    ///   - hashingContents: Whether all bytes are read and hashed, and not only what can be had at once.
    ///   - fabric: The ranks.
    /// - Throws: An error of reading.
    init(of pool: ModelPool, hashingContents: Bool, on fabric: Fabric) throws {
        let loaded = try pool.allNames.map { (name: $0, model: try pool.load($0)) }
        let files = OrderedSet(loaded.flatMap(\.model.files))
        let found = try fabric.collect("digests", units: Array(files)) { path in
            hashingContents ? Double((try? CheckpointFile(path).byteCount) ?? 0) : 1
        } work: { path -> [UInt8] in
            let digest = hashingContents ? try FileDigest(contentOf: path) : try FileDigest(quicklyOf: path)
            return Array(digest.description.utf8)
        }
        let digests = Dictionary(uniqueKeysWithValues: zip(files, found))
        models = OrderedDictionary(
            uniqueKeysWithValues: loaded.map { name, model in
                let entries = model.files.compactMap { path -> (String, FileDigest)? in
                    let text = digests[path].map { String(decoding: $0, as: UTF8.self) }
                    guard let digest = text.flatMap(FileDigest.init(parsing:)) else { return nil }
                    return (String(path.dropFirst(FileSystem.directoryName(path).count + 1)), digest)
                }
                return (
                    name, Model(commit: model.commit, files: OrderedDictionary(entries) { first, _ in first })
                )
            })
    }

    /// What the metadata of a checkpoint say: `{"a": {"commit": …, "files": {"model.safetensors": "sha256:…"}}}`.
    var text: String {
        JSONValue.object(
            models.mapValues { model in
                var entries: OrderedDictionary<String, JSONValue> = [:]
                if let commit = model.commit { entries["commit"] = .string(commit) }
                entries["files"] = .object(model.files.mapValues { .string($0.description) })
                return .object(entries)
            }
        ).text()
    }
}
