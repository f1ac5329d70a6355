import Checkpoints
import Testing

@Suite("Sizes of shards")
struct ShardSizeTests {
    @Test(
        "Sizes are read as huggingface_hub reads them, and in binary units",
        arguments: [
            ("5GB", 5_000_000_000), ("500MB", 500_000_000), ("1.5 kb", 1500), (" 2TB ", 2_000_000_000_000),
            ("0.0015KB", 1), ("1GiB", 1 << 30), ("3MiB", 3 << 20), ("2 KiB", 2048), ("1tib", 1 << 40), ("100", 100),
            ("7B", 7), (".5KB", 500), ("8000000TB", 8_000_000_000_000_000_000),
        ])
    func reads(_ text: String, byteCount: Int) throws {
        #expect(try ShardSize(parsing: text).byteCount == byteCount)
    }

    @Test(
        "What is no size is refused",
        arguments: [
            "", "GB", "5XB", "5 G", "-5GB", "0", "0GB", "0.5", "nan", "inf", "infGB", "1e3GB", "5GBGB", "10000000TB",
            "1.2.3GB",
            "٥GB", "5GB\n;",
        ])
    func refuses(_ text: String) {
        #expect(throws: CheckpointError.invalidShardSize(text)) { try ShardSize(parsing: text) }
    }

    @Test("Numbers of bytes are positive")
    func bytes() throws {
        #expect(try ShardSize(byteCount: 5).byteCount == 5)
        #expect(throws: CheckpointError.invalidShardSize("0")) { try ShardSize(byteCount: 0) }
        #expect(throws: CheckpointError.invalidShardSize("-1")) { try ShardSize(byteCount: -1) }
        #expect(try ShardSize.standard == ShardSize(parsing: "5GB"))
    }
}
