import Checkpoints
import Glibc
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

@Suite("Writing model directories")
struct CheckpointWriterTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private func output(_ sizes: [Int], limit: Int = 1000) throws -> CheckpointOutput {
        var output = CheckpointOutput(directory: directory.path("out"), tensors: WrittenCheckpoint.tensors(sizes))
        output.shardSize = try ShardSize(byteCount: limit)
        return output
    }

    private var names: [String] { FileSystem.names(in: directory.path("out")) }

    private func shards(_ count: Int) -> [String] { (1...count).map { WeightFileName.shard($0, of: count) } }

    @Test("Weights, texts and everything that belongs to the model are there, and nothing else")
    func whole() throws {
        try directory.write("base/config.json", #"{"model_type": "x"}"#)
        try directory.write("base/1_Pooling/config.json", "{}")
        try directory.write("base/model.safetensors", "")
        var output = try output([3, 4])
        output.companions = CompanionFile.all(in: directory.path("base"))
        output.modelCard = ModelCard(title: "A merge", models: ["a/b"], recipe: "method: x\n")
        output.metadata = ["fusion_bench": "1", "format": "other"]
        output.inputs = [directory.path("base"), directory.path("base/model.safetensors")]
        let report = try WrittenCheckpoint.write(output, filledWith: 7)
        #expect(report.directory == directory.path("out") && report.removed.isEmpty)
        #expect(report.weights == ["model.safetensors"])
        #expect(report.smallFiles == ["config.json", "1_Pooling/config.json", "README.md"])
        #expect(names == ["1_Pooling", "README.md", "config.json", "model.safetensors"])
        #expect(FileSystem.names(in: directory.path("out/1_Pooling")) == ["config.json"])
        #expect(try directory.read("out/config.json") == #"{"model_type": "x"}"#)
        #expect(try directory.read("out/README.md") == output.modelCard?.text)
        let stateDict = try WrittenCheckpoint.read(directory.path("out"))
        #expect(stateDict.metadata == ["format": "pt", "fusion_bench": "1"])
        #expect(stateDict.tensors.keys == ["t0", "t1"] && stateDict.byteCount == 7)
        #expect(try CheckpointFile(directory.path("out/model.safetensors")).byteCount == report.byteCount)
        #expect(try WrittenCheckpoint.numbers(in: directory.path("out")) == [7])
    }

    @Test("Shards and index are the bytes that huggingface_hub writes")
    func python() throws {
        let folder = "\(SafetensorsFixture.directory)/sharded"
        let source = try WrittenCheckpoint.read(folder)
        let order = ["large", "b", "a", "c", "larger", "d", "e"]
        var output = CheckpointOutput(
            directory: directory.path("out"),
            tensors: try order.map {
                let tensor = try #require(source.tensors[$0])
                return TensorDescription(name: $0, dtype: tensor.dtype, shape: tensor.shape)
            })
        output.shardSize = try ShardSize(byteCount: 100)
        let writer = try CheckpointWriter(output)
        try writer.create()
        for (name, tensor) in source.tensors {
            try tensor.readAll().withUnsafeBytes { try writer.write($0, to: name, at: 0) }
        }
        let report = try writer.finish(flushing: true)
        #expect(report.weights == shards(4) && report.smallFiles == ["model.safetensors.index.json"])
        #expect(names == FileSystem.names(in: folder))
        for name in names {
            #expect(try FileSystem.read(directory.path("out/\(name)")) == FileSystem.read("\(folder)/\(name)"))
        }
    }

    @Test(
        "An earlier model with more, fewer or as many files is replaced, and other files stay",
        arguments: [(1, 1), (1, 3), (3, 1), (3, 2), (2, 3), (3, 3)])
    func replaces(_ before: Int, after: Int) throws {
        try directory.write("out/report.json", "{}")
        try directory.write("out/pytorch_model.bin", "other")
        try WrittenCheckpoint.write(output([Int](repeating: 10, count: before), limit: 10), filledWith: 1)
        #expect(try WrittenCheckpoint.numbers(in: directory.path("out")) == [1])
        let output = try output([Int](repeating: 10, count: after), limit: 10)
        let writer = try CheckpointWriter(output)
        try writer.create()
        try WrittenCheckpoint.fill(writer, output.tensors, with: 2)
        // Until the end the earlier model is there.
        #expect(try WrittenCheckpoint.numbers(in: directory.path("out")) == [1])
        let report = try writer.finish(flushing: false)
        #expect(try WrittenCheckpoint.numbers(in: directory.path("out")) == [2])
        #expect(try WrittenCheckpoint.read(directory.path("out")).tensors.count == after)
        let index = after > 1 ? ["model.safetensors.index.json"] : []
        #expect(names == (["pytorch_model.bin", "report.json"] + shards(after) + index).sorted())
        let oldIndex = before > 1 && after == 1 ? ["model.safetensors.index.json"] : []
        #expect(report.removed == oldIndex + (before == after ? [] : shards(before)))
    }

    @Test("Until the end, files have temporary names that are known before they are made")
    func temporary() throws {
        var output = try output([10, 10], limit: 10)
        output.companions = [CompanionFile(name: "1_Pooling/config.json", content: .bytes([1]))]
        let writer = try CheckpointWriter(output)
        #expect(!FileSystem.exists(directory.path("out")))
        #expect(writer.temporaryPaths.count == 4)
        #expect(writer.temporaryPaths.allSatisfy { FileSystem.directoryName($0) == directory.path("out") })
        try writer.create()
        #expect(writer.temporaryPaths.allSatisfy(FileSystem.isFile))
        #expect(names.count == 5)
        try WrittenCheckpoint.fill(writer, output.tensors, with: 1)
        _ = try writer.finish(flushing: true)
        #expect(!writer.temporaryPaths.contains(where: FileSystem.exists))
    }

    @Test("An abandoned or forgotten checkpoint leaves everything as it was")
    func abandoned() throws {
        var output = try output([10])
        output.directory = directory.path("new/deep/out")
        output.companions = [CompanionFile(name: "sub/a.json", content: .bytes([1]))]
        var writer: CheckpointWriter? = try CheckpointWriter(output)
        try writer?.create()
        #expect(FileSystem.isDirectory(directory.path("new/deep/out/sub")))
        writer?.abandon()
        #expect(directory.names.isEmpty)
        #expect(throws: CheckpointError.abandoned(path: directory.path("new/deep/out"))) {
            try writer?.finish(flushing: false)
        }
        try directory.write("new/other", "")
        writer = try CheckpointWriter(output)
        try writer?.create()
        writer = nil
        #expect(directory.files == ["new/other"] && FileSystem.names(in: directory.path("new")) == ["other"])
    }

    @Test("Tensors that were not written keep the earlier model in place")
    func incomplete() throws {
        try WrittenCheckpoint.write(output([10, 10], limit: 10), filledWith: 1)
        let output = try output([10, 10, 10], limit: 10)
        let writer = try CheckpointWriter(output)
        try writer.create()
        try WrittenCheckpoint.fill(writer, Array(output.tensors[..<2]), with: 2)
        let path = directory.path("out/model-00003-of-00003.safetensors")
        #expect(throws: CheckpointError.incomplete(path: path, tensors: ["t2"])) { try writer.finish(flushing: false) }
        #expect(try WrittenCheckpoint.numbers(in: directory.path("out")) == [1])
        #expect(names == shards(2) + ["model.safetensors.index.json"])
        #expect(
            throws: CheckpointError.missingTensor(path: directory.path("out"), name: "t9", nearest: ["t0", "t1", "t2"])
        ) {
            try writer.write(UnsafeRawBufferPointer(start: nil, count: 0), to: "t9", at: 0)
        }
    }

    @Test("A name in two shards is refused")
    func duplicate() throws {
        var output = try output([10, 10], limit: 10)
        output.tensors[1] = output.tensors[0]
        #expect(throws: CheckpointError.invalidSafetensors(path: directory.path("out"), .duplicateTensor("t0"))) {
            try CheckpointWriter(output)
        }
    }

    @Test("A model without tensors is one file")
    func empty() throws {
        let report = try WrittenCheckpoint.write(output([]), filledWith: 0)
        #expect(report.weights == ["model.safetensors"])
        #expect(try WrittenCheckpoint.read(directory.path("out")).tensors.isEmpty)
    }

    @Test("What a companion is a copy of must be readable")
    func missingCompanion() throws {
        var output = try output([10])
        let path = directory.path("none")
        output.companions = [CompanionFile(name: "config.json", content: .copy(of: path))]
        let writer = try CheckpointWriter(output)
        #expect(writer.problems() == [.unreadable(path: path, code: ENOENT)])
        #expect(throws: CheckpointError.unreadable(path: path, code: ENOENT)) { try writer.create() }
        #expect(directory.names.isEmpty)
    }
}
