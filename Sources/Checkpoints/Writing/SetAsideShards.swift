import Glibc
import OperatingSystem
import OrderedCollections

/// Shards of an earlier model under other names, so that new ones can take theirs one after another.
///
/// Files can be renamed only one by one, and shards of two models with the same number of them have the same names. So
/// the old shards get second names (hard links), and an index that says so replaces the old one at once. From then on
/// nothing refers to the old names. The new index later switches to the new model, at once again. Whenever the process is
/// killed, a whole model is there.
struct SetAsideShards {
    private static let prefix = "previous-"

    /// Whether a file is an old shard under another name.
    static func isName(_ name: String) -> Bool {
        name.hasPrefix(prefix) && WeightFileName.isShard(String(name.dropFirst(prefix.count)))
    }

    private let directory: String
    private let oldIndex: ShardIndex
    private let names: [String]

    /// The shards of the model in a directory that others are going to replace.
    ///
    /// - Returns: Nil if there are none, so that nothing needs to be done.
    init?(in directory: String, replacedBy names: [String]) {
        guard let index = try? ShardIndex(reading: FileSystem.join(directory, WeightFileName.safetensorsIndex)) else {
            return nil
        }
        let new = Set(names)
        self.directory = directory
        oldIndex = index
        self.names = index.shards.filter { new.contains($0) }
        if self.names.isEmpty { return nil }
    }

    private func path(_ name: String) -> String { FileSystem.join(directory, name) }
    private var indexPath: String { path(WeightFileName.safetensorsIndex) }

    /// Where the index is made that refers to the second names; not where the new model's index waits.
    private var temporaryPath: String {
        FileSystem.temporaryPath(for: path(Self.prefix + WeightFileName.safetensorsIndex))
    }

    /// Gives the old shards second names, and lets the old index refer to these.
    ///
    /// On file systems without hard links nothing is done: there, a reader may see shards of both models for a moment.
    ///
    /// - Throws: `CheckpointError`; the old index is then as it was.
    func setAside() throws(CheckpointError) {
        for name in names {
            let second = path(Self.prefix + name)
            // A process that was killed may have left it, and the index does not refer to it.
            unlink(second)
            guard link(path(name), second) != 0 else { continue }
            let code = errno
            // A shard that the index names, but that is not there.
            if code == ENOENT { continue }
            remove()
            if [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(code) { return }
            throw .unwritable(path: second, code: code)
        }
        var index = oldIndex
        let replaced = Set(names)
        index.weightMap = index.weightMap.mapValues { replaced.contains($0) ? Self.prefix + $0 : $0 }
        do throws(FileSystemError) {
            try FileSystem.writeDirectly(index.text.utf8, to: temporaryPath)
            if rename(temporaryPath, indexPath) != 0 { throw FileSystemError(path: indexPath, code: errno) }
        } catch {
            unlink(temporaryPath)
            remove()
            throw .unwritable(path: indexPath, code: error.code)
        }
    }

    /// Removes the second names.
    private func remove() {
        for name in names { unlink(path(Self.prefix + name)) }
    }
}
