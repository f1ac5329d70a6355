import JSON
public import OrderedCollections

/// Which tensors of a checkpoint are in which of its files: `model.safetensors.index.json`.
public struct ShardIndex: Sendable, Equatable {
    /// The names of the files by those of the tensors; files are named relative to the directory of the index.
    public var weightMap: OrderedDictionary<String, String> = [:]
    /// The bytes of all tensors; only for information.
    public var totalByteCount = 0

    /// An index without tensors.
    public init() {}

    /// The files, each once, in the order of their names.
    public var shards: [String] { OrderedSet(weightMap.values).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// The longest index that is read, in bytes.
    public static let byteCountLimit = 100_000_000

    /// Reads an index, and makes sure that all of its files lie inside its directory.
    ///
    /// - Throws: `ShardIndexProblem` with what is wrong.
    public init(parsing bytes: [UInt8]) throws(ShardIndexProblem) {
        let weightMap: OrderedDictionary<String, String>?
        do throws(JSONError) {
            (weightMap, totalByteCount) = try Self.read(bytes)
        } catch {
            throw .syntax(error)
        }
        guard let weightMap else { throw .noWeightMap }
        self.weightMap = weightMap
        for shard in shards where !Self.isInside(shard) { throw .leavesDirectory(shard: shard) }
    }

    private static func read(_ bytes: [UInt8]) throws(JSONError) -> (OrderedDictionary<String, String>?, Int) {
        var weightMap: OrderedDictionary<String, String>?
        var totalByteCount = 0
        var reader = JSONReader(bytes)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "weight_map":
                guard weightMap == nil else { throw reader.failure("'\(key)' stands twice", at: reader.keyPosition) }
                weightMap = try readWeightMap(&reader)
            case "metadata":
                totalByteCount = try reader.readValue()["total_size"]?.int ?? 0
            default: _ = try reader.readValue()
            }
        }
        try reader.finish()
        return (weightMap, totalByteCount)
    }

    private static func readWeightMap(
        _ reader: inout JSONReader
    ) throws(JSONError) -> OrderedDictionary<String, String> {
        var weightMap: OrderedDictionary<String, String> = [:]
        try reader.beginObject()
        while let name = try reader.nextKey() {
            let position = reader.keyPosition
            guard weightMap.updateValue(try reader.readString(), forKey: name) == nil else {
                throw reader.failure("this tensor stands twice", at: position)
            }
        }
        return weightMap
    }

    /// Whether a path stays below the directory that it is relative to, as far as the path itself can tell.
    private static func isInside(_ path: String) -> Bool {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        return !path.utf8.contains(0) && components.allSatisfy { !["", ".", ".."].contains($0) }
    }

    /// The index as `huggingface_hub` writes it.
    public var text: String {
        let value: JSONValue = [
            "metadata": ["total_size": .integer(totalByteCount)],
            "weight_map": .object(weightMap.mapValues { .string($0) }),
        ]
        return value.text(indent: 2)
    }
}
