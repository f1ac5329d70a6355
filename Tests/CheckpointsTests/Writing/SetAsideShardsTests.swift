import Glibc
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import Checkpoints

@Suite("Old shards that make room for new ones of the same names")
struct SetAsideShardsTests {
    private let directory: ScratchDirectory
    private let names = (1...3).map { WeightFileName.shard($0, of: 3) }

    init() throws {
        directory = try ScratchDirectory()
        try write(1)
    }

    private func output(_ count: Int = 3) throws -> CheckpointOutput {
        var output = CheckpointOutput(
            directory: directory.path, tensors: WrittenCheckpoint.tensors([Int](repeating: 10, count: count)))
        output.shardSize = try ShardSize(byteCount: 10)
        return output
    }

    private func write(_ number: UInt8, count: Int = 3) throws {
        try WrittenCheckpoint.write(output(count), filledWith: number)
    }

    private func numbers() throws -> Set<UInt8> { try WrittenCheckpoint.numbers(in: directory.path) }

    @Test("The old model can be read at every moment")
    func moments() throws {
        let index = try directory.read(WeightFileName.safetensorsIndex)
        let old = try #require(SetAsideShards(in: directory.path, replacedBy: names))
        try old.setAside()
        #expect(directory.names.count == 7 && directory.names.filter(SetAsideShards.isName).count == 3)
        #expect(try numbers() == [1])
        for (number, name) in names.enumerated() {
            // A new file takes the name of an old one.
            try directory.write(
                "new",
                safetensorsBytes(
                    header: #"{"t\#(number)":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, dataByteCount: 1))
            try #require(rename(directory.path("new"), directory.path(name)) == 0)
            #expect(try numbers() == [1])
        }
        try directory.write(WeightFileName.safetensorsIndex, index)
        #expect(try numbers() == [0])
    }

    @Test("What a killed process left is used until the next model is whole, and then goes", arguments: [1, 2, 3])
    func killed(_ count: Int) throws {
        let old = try #require(SetAsideShards(in: directory.path, replacedBy: names))
        try old.setAside()
        try #require(unlink(directory.path(names[0])) == 0)
        #expect(try numbers() == [1])
        let output = try output(count)
        let writer = try CheckpointWriter(output)
        try writer.create()
        try WrittenCheckpoint.fill(writer, output.tensors, with: 2)
        #expect(try numbers() == [1])
        let report = try writer.finish(flushing: true)
        #expect(try numbers() == [2])
        #expect(!report.removed.contains(where: SetAsideShards.isName))
        #expect(!directory.names.contains { $0.hasPrefix("previous-") || $0.contains(".tmp-") })
    }

    @Test("Second names to which no index refers are replaced")
    func leftOver() throws {
        try directory.write("previous-" + names[1], "left over")
        try write(2)
        #expect(try numbers() == [2])
        #expect(directory.names == names + [WeightFileName.safetensorsIndex])
    }

    @Test("Without an index, or with other names, there is nothing to do")
    func nothing() throws {
        #expect(SetAsideShards(in: directory.path, replacedBy: ["model.safetensors"]) == nil)
        #expect(SetAsideShards(in: directory.path, replacedBy: [WeightFileName.shard(1, of: 2)]) == nil)
        try directory.write(WeightFileName.safetensorsIndex, "no index")
        #expect(SetAsideShards(in: directory.path, replacedBy: names) == nil)
        try write(2)
        #expect(try numbers() == [2])
    }

    @Test("A shard that is missing keeps nobody from writing")
    func missing() throws {
        try #require(unlink(directory.path(names[2])) == 0)
        try write(2)
        #expect(try numbers() == [2] && directory.names == names + [WeightFileName.safetensorsIndex])
    }
}
