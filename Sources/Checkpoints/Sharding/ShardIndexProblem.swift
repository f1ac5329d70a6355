import Diagnostics
public import JSON

/// Why the index of a checkpoint with several files cannot be used.
public enum ShardIndexProblem: Error, Sendable, Equatable {
    /// It is longer than any index may be, in bytes.
    case tooLong(byteCount: Int, limit: Int)
    /// It is no JSON, or not the JSON that is expected.
    case syntax(JSONError)
    /// It does not say which tensors are where.
    case noWeightMap
    /// A file is not named by a path inside the directory.
    case leavesDirectory(shard: String)
    /// A file is an index itself, or of a kind that holds no weights.
    case notWeights(shard: String)
    /// Tensors are not in the files where they should be.
    case missingTensors([String], shard: String)
    /// Several files hold a tensor, and the index does not say which one counts.
    case ambiguousTensor(String, shards: [String])
}

extension ShardIndexProblem: CustomStringConvertible {
    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .tooLong(let count, let limit): "an index of \(count) bytes is too long; it may have \(limit)"
        case .syntax(let error): "the index cannot be read: \(error)"
        case .noWeightMap: "the index has no 'weight_map'"
        case .leavesDirectory(let shard): "the file \(shard.quoted()) is not inside the directory of the index"
        case .notWeights(let shard): "the file \(shard.quoted()) is of no kind that holds weights"
        case .missingTensors(let names, let shard):
            "the file \(shard.quoted()) has not all that the index says: \(names.quotedList()) "
                + (names.count == 1 ? "is missing" : "are missing")
        case .ambiguousTensor(let name, let shards):
            "the tensor \(name.quoted()) is in \(shards.quotedList()), and the index does not say which one counts"
        }
    }
}
