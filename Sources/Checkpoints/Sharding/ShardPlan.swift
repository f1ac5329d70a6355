import OrderedCollections

/// Which tensors go into which file of a checkpoint.
public struct ShardPlan: Sendable, Equatable {
    /// A file of the checkpoint.
    public struct Shard: Sendable, Equatable {
        /// The name of the file.
        public let name: String
        /// What it holds.
        public let tensors: [TensorDescription]
    }

    /// The files, in the order of their numbers; at least one.
    public let shards: [Shard]

    /// Cuts tensors into files as `huggingface_hub` does.
    ///
    /// A file is begun when the next tensor in the given order would make the present one too large. A tensor that is
    /// too large alone gets a file of its own, before the one that is being filled.
    ///
    /// - Parameters:
    ///   - tensors: The tensors, in the order of the model.
    ///   - limit: The bytes of tensors that a file may hold, its header not counted.
    public init(_ tensors: [TensorDescription], limit: ShardSize) {
        var groups: [[TensorDescription]] = []
        var group: [TensorDescription] = []
        var size = 0
        for tensor in tensors {
            let byteCount = tensor.byteCount ?? 0
            if byteCount > limit.byteCount {
                groups.append([tensor])
                continue
            }
            if size + byteCount > limit.byteCount {
                groups.append(group)
                (group, size) = ([], 0)
            }
            group.append(tensor)
            size += byteCount
        }
        if !group.isEmpty || groups.isEmpty { groups.append(group) }
        shards = groups.enumerated().map { number, tensors in
            Shard(name: WeightFileName.shard(number + 1, of: groups.count), tensors: tensors)
        }
    }

    /// Where the tensors are found; nil for a single file, which needs no index.
    public var index: ShardIndex? {
        guard shards.count > 1 else { return nil }
        var index = ShardIndex()
        for shard in shards {
            for tensor in shard.tensors {
                index.weightMap[tensor.name] = shard.name
                index.totalByteCount += tensor.byteCount ?? 0
            }
        }
        return index
    }
}
