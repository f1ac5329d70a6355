import Checkpoints
import OrderedCollections
import TestSupport
import Testing

/// Any bytes are read or refused; no file of what is read lies outside of the directory.
@Suite("Indices of any bytes")
struct ShardIndexFuzzTests {
    static let target = FuzzTarget(name: "shard-index") { random in
        SafetensorsFuzzText.index.make(&random)
    } check: { (bytes: [UInt8]) in
        let index: ShardIndex
        do throws(ShardIndexProblem) {
            index = try ShardIndex(parsing: bytes)
        } catch {
            return try FuzzMessage.check(.invalidIndex(path: "fuzz.index.json", error))
        }
        for shard in index.shards {
            let components = shard.split(separator: "/", omittingEmptySubsequences: false)
            if components.contains("..") || components.contains("") || shard.utf8.contains(0) {
                throw PropertyFailure("\(shard.debugDescription) is outside")
            }
        }
        let readBack = try ShardIndex(parsing: Array(index.text.utf8))
        if readBack != index { throw PropertyFailure("what was written reads back as something else") }
    }

    @Test("The reader takes or refuses any index")
    func reader() {
        Self.target.run(inputs: 2000)
    }
}
