import Diagnostics
import OperatingSystem
import OrderedCollections

extension LazyStateDict {
    /// Opens a checkpoint of several files through its index.
    ///
    /// As Transformers does, tensors are taken that a file holds although the index does not name them. A tensor that
    /// the index names, but its file does not hold, is an error.
    ///
    /// - Parameters:
    ///   - path: The index.
    ///   - open: Opens one of the files, whatever its format is.
    /// - Throws: `CheckpointError` with all that is wrong.
    init(indexedBy path: String, open: (String) throws(CheckpointError) -> LazyStateDict) throws(CheckpointError) {
        let index = try ShardIndex(reading: path)
        let directory = FileSystem.directoryName(path)
        var shards: OrderedDictionary<String, LazyStateDict> = [:]
        var errors: [CheckpointError] = []
        for name in index.shards {
            do throws(CheckpointError) {
                shards[name] = try open(FileSystem.join(directory, name))
            } catch {
                errors.append(error)
            }
        }
        try CheckpointError.throwIfAny(errors)
        let problems = index.missingTensors(in: shards) + index.ambiguousTensors(in: shards)
        try CheckpointError.throwIfAny(problems.map { .invalidIndex(path: path, $0) })

        var tensors: OrderedDictionary<String, LazyTensor> = [:]
        var metadata: OrderedDictionary<String, String> = [:]
        for (shard, stateDict) in shards {
            for (name, tensor) in stateDict.tensors where index.weightMap[name, default: shard] == shard {
                tensors[name] = tensor
            }
            metadata.merge(stateDict.metadata) { first, _ in first }
        }
        self.init(
            tensors: tensors, metadata: metadata, path: path, files: [path] + shards.values.flatMap(\.files))
    }
}

extension ShardIndex {
    /// Reads an index from a file.
    ///
    /// - Throws: `CheckpointError` if it cannot be read, or is wrong.
    public init(reading path: String) throws(CheckpointError) {
        let file = try CheckpointFile(path)
        guard file.byteCount <= Self.byteCountLimit else {
            throw .invalidIndex(path: path, .tooLong(byteCount: file.byteCount, limit: Self.byteCountLimit))
        }
        let bytes = try file.read(0..<file.byteCount)
        do throws(ShardIndexProblem) { try self.init(parsing: bytes) } catch {
            throw .invalidIndex(path: path, error)
        }
    }

    fileprivate func missingTensors(in shards: OrderedDictionary<String, LazyStateDict>) -> [ShardIndexProblem] {
        var missing: OrderedDictionary<String, [String]> = [:]
        for (name, shard) in weightMap where shards[shard]?.tensors[name] == nil {
            missing[shard, default: []].append(name)
        }
        return missing.map { .missingTensors($1, shard: $0) }
    }

    fileprivate func ambiguousTensors(in shards: OrderedDictionary<String, LazyStateDict>) -> [ShardIndexProblem] {
        var places: OrderedDictionary<String, [String]> = [:]
        for (shard, stateDict) in shards {
            for name in stateDict.tensors.keys where weightMap[name] == nil { places[name, default: []].append(shard) }
        }
        return places.filter { $1.count > 1 }.map { .ambiguousTensor($0, shards: $1) }
    }
}
