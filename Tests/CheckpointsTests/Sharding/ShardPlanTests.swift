import Checkpoints
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

@Suite("Which tensors go into which file")
struct ShardPlanTests {
    private func plan(_ sizes: [Int], limit: Int) throws -> [[String]] {
        let tensors = sizes.enumerated().map { TensorDescription(name: "\($0)", dtype: .uint8, shape: [$1]) }
        return ShardPlan(tensors, limit: try ShardSize(byteCount: limit)).shards.map { $0.tensors.map(\.name) }
    }

    @Test("A file ends where the next tensor would not fit")
    func groups() throws {
        #expect(try plan([6, 4, 1], limit: 10) == [["0", "1"], ["2"]])
        #expect(try plan([6, 6, 2, 6, 2, 2], limit: 10) == [["0"], ["1", "2"], ["3", "4", "5"]])
        #expect(try plan([], limit: 10) == [[]])
        #expect(try plan([0, 0], limit: 1) == [["0", "1"]])
    }

    @Test("A tensor that is too large has a file of its own, before the one that is being filled")
    func large() throws {
        #expect(try plan([2, 11, 3, 12, 4], limit: 10) == [["1"], ["3"], ["0", "2", "4"]])
        #expect(try plan([11], limit: 10) == [["0"]])
    }

    @Test("Files and index are those of huggingface_hub", arguments: [("sharded", 100), ("whole", 1000)])
    func python(_ folder: String, limit: Int) throws {
        let directory = "\(SafetensorsFixture.directory)/\(folder)"
        // The order of the state dict that the fixture was made from.
        let shapes: KeyValuePairs = ["large": 40, "b": 10, "a": 10, "c": 10, "larger": 50, "d": 3, "e": 1]
        let plan = ShardPlan(
            shapes.map { TensorDescription(name: $0, dtype: .float32, shape: [$1]) },
            limit: try ShardSize(byteCount: limit))
        let names = FileSystem.names(in: directory).filter { $0.hasSuffix(".safetensors") }
        #expect(plan.shards.map(\.name) == names)
        for shard in plan.shards {
            let written = try SafetensorsFile("\(directory)/\(shard.name)").stateDict.tensors
            #expect(Set(written.keys) == Set(shard.tensors.map(\.name)))
        }
        let index = "\(directory)/model.safetensors.index.json"
        #expect(plan.index.map { Array($0.text.utf8) } == (names.count > 1 ? try FileSystem.read(index) : nil))
    }

    @Test("Names of shards are known")
    func names() {
        #expect(WeightFileName.shard(1, of: 1) == "model.safetensors")
        #expect(WeightFileName.shard(7, of: 12) == "model-00007-of-00012.safetensors")
        #expect(WeightFileName.shard(123_456, of: 123_456) == "model-123456-of-123456.safetensors")
        for name in ["model-00007-of-00012.safetensors", "model-123456-of-123456.safetensors"] {
            #expect(WeightFileName.isShard(name))
        }
        for name in [
            "model.safetensors", "model-7-of-12.safetensors", "model-00001-of-00002.bin",
            "my-model-00001-of-00002.safetensors",
            "model-00001-of-0000x.safetensors", "model-00001.safetensors", "model-00001-of-00002-of-00003.safetensors",
            "model-.safetensors", "model-00001-of-00002.safetensors.tmp-host-1",
        ] {
            #expect(!WeightFileName.isShard(name), "\(name)")
        }
    }
}
