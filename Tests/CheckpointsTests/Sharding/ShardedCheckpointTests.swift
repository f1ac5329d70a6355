import Checkpoints
import Glibc
import JSON
import OrderedCollections
import TestSupport
import Testing

@Suite("Reading checkpoints of several files")
struct ShardedCheckpointTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private var path: String { directory.path("model.safetensors.index.json") }

    /// A shard of tensors with one byte, which is the shard's number.
    private func writeShard(_ name: String, _ tensors: [String], number: UInt8 = 0, metadata: String = "") throws {
        let entries = tensors.enumerated().map { place, tensor in
            #""\#(tensor)":{"dtype":"U8","shape":[1],"data_offsets":[\#(place),\#(place + 1)]}"#
        }
        let texts = metadata.isEmpty ? [] : [#""__metadata__":{\#(metadata)}"#]
        var bytes = safetensorsBytes(header: "{\((texts + entries).joined(separator: ","))}")
        bytes += [UInt8](repeating: number, count: tensors.count)
        try directory.write(name, bytes)
    }

    private func writeIndex(_ weightMap: OrderedDictionary<String, String>) throws {
        let object = JSONValue.object(weightMap.mapValues { .string($0) })
        try directory.write("model.safetensors.index.json", JSONValue.object(["weight_map": object]).text())
    }

    private func stateDict() throws -> LazyStateDict {
        try #require(WeightFile(path)).stateDict()
    }

    private func error() -> CheckpointError? { #expect(throws: CheckpointError.self) { try stateDict() } }

    @Test("What Python wrote is read whole")
    func python() throws {
        let folder = "\(SafetensorsFixture.directory)/sharded"
        let file = try #require(WeightFile("\(folder)/model.safetensors.index.json"))
        let stateDict = try file.stateDict()
        let whole = try SafetensorsFile("\(SafetensorsFixture.directory)/whole/model.safetensors").stateDict
        #expect(stateDict.tensors.keys == ["large", "a", "b", "larger", "c", "d", "e"])
        #expect(stateDict.metadata == ["format": "pt"] && stateDict.path == file.path)
        #expect(
            stateDict.files == [file.path] + (1...4).map { "\(folder)/model-0000\($0)-of-00004.safetensors" })
        for (name, tensor) in whole.tensors {
            #expect(try stateDict.tensors[name]?.readAll() == tensor.readAll(), "\(name)")
        }
    }

    @Test("Tensors come in the order of the files, and the texts of the first file count")
    func order() throws {
        try writeShard("2.safetensors", ["a", "c"], number: 2, metadata: #""k":"2","m":"2""#)
        try writeShard("sub/1.safetensors", ["b"], number: 1, metadata: #""k":"1""#)
        try writeIndex(["a": "2.safetensors", "b": "sub/1.safetensors", "c": "2.safetensors"])
        let stateDict = try stateDict()
        #expect(stateDict.tensors.keys == ["a", "c", "b"])
        #expect(stateDict.metadata == ["k": "2", "m": "2"])
    }

    @Test("A tensor that the index does not name is taken; where several files hold one, the index decides")
    func unnamed() throws {
        try writeShard("1.safetensors", ["a", "x"], number: 1)
        try writeShard("2.safetensors", ["b", "a"], number: 2)
        try writeIndex(["b": "2.safetensors", "a": "2.safetensors", "x": "1.safetensors"])
        #expect(try stateDict().tensors.keys == ["x", "b", "a"])
        #expect(try stateDict().tensors["a"]?.readAll() == [2])
        try writeIndex(["b": "2.safetensors", "a": "1.safetensors"])
        #expect(try stateDict().tensors.keys == ["a", "x", "b"])
        #expect(try stateDict().tensors["a"]?.readAll() == [1])
        try writeIndex(["b": "2.safetensors", "x": "1.safetensors"])
        #expect(
            error()
                == .invalidIndex(path: path, .ambiguousTensor("a", shards: ["1.safetensors", "2.safetensors"])))
    }

    @Test("All files and tensors that are missing are named together")
    func missing() throws {
        try writeIndex(["a": "1.safetensors", "b": "2.safetensors"])
        let missing = ["1.safetensors", "2.safetensors"].map {
            CheckpointError.unreadable(path: directory.path($0), code: ENOENT)
        }
        #expect(error() == .several(missing))
        #expect(error()?.description == missing.map(\.description).joined(separator: "\n"))
        try writeShard("1.safetensors", ["x"])
        #expect(error() == missing[1])
        try writeShard("2.safetensors", ["y"])
        #expect(
            error()
                == .several([
                    .invalidIndex(path: path, .missingTensors(["a"], shard: "1.safetensors")),
                    .invalidIndex(path: path, .missingTensors(["b"], shard: "2.safetensors")),
                ]))
    }

    @Test(
        "A file outside of the directory is not read",
        arguments: [
            "../1.safetensors", "/etc/passwd", "a/../../1.safetensors", "", ".", "a//1.safetensors", "./1.safetensors",
            "a\0b",
        ])
    func outside(_ shard: String) throws {
        try writeIndex(["a": shard])
        #expect(error() == .invalidIndex(path: path, .leavesDirectory(shard: shard)))
    }

    @Test("An index in an index, and files that hold no weights, are refused")
    func kinds() throws {
        for shard in ["model.safetensors.index.json", "config.json"] {
            try writeIndex(["a": shard])
            #expect(error() == .invalidIndex(path: path, .notWeights(shard: directory.path(shard))))
        }
    }

    @Test(
        "What is no index is named with its place",
        arguments: [
            ("", 0, "expected an object"), ("[]", 0, "expected an object"),
            (#"{"weight_map":1}"#, 14, "expected an object"), (#"{"weight_map":{"a":1}}"#, 19, "expected a string"),
            (#"{"weight_map":{"a":"b","a":"b"}}"#, 23, "this tensor stands twice"),
            (#"{"weight_map":{},"weight_map":{}}"#, 17, "'weight_map' stands twice"),
            (#"{"metadata":{"a":1,"a":1}}"#, 19, "key 'a' stands twice"),
            ("{} x", 3, "unexpected text after the value"),
        ])
    func syntax(_ text: String, offset: Int, problem: String) throws {
        try directory.write("model.safetensors.index.json", text)
        #expect(error() == .invalidIndex(path: path, .syntax(JSONError(offset: offset, problem: problem))))
    }

    @Test("An index without a map, and one of absurd length, are refused")
    func absurd() throws {
        try directory.write("model.safetensors.index.json", "{}")
        #expect(error() == .invalidIndex(path: path, .noWeightMap))
        try #require(truncate(path, 100_000_001) == 0)
        #expect(error() == .invalidIndex(path: path, .tooLong(byteCount: 100_000_001, limit: 100_000_000)))
    }

    @Test("The metadata may be anything")
    func metadata() throws {
        for (text, size) in [("{}", 0), ("null", 0), (#"{"total_size":7}"#, 7), (#"{"total_size":7.5,"x":[]}"#, 0)] {
            let index = try ShardIndex(parsing: Array(#"{"metadata":\#(text),"weight_map":{},"more":[1]}"#.utf8))
            #expect(index.totalByteCount == size && index.weightMap.isEmpty)
        }
    }
}
