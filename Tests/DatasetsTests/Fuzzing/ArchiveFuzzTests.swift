import OperatingSystem
import TestSupport
import Testing

@testable import Datasets

/// Any bytes are a shard of a WebDataset or are refused.
@Suite("Archives of any bytes")
struct ArchiveFuzzTests {
    private static let blockSize = 512

    /// Archives of all forms, without what fills them up at the end: small inputs cost little.
    private static let corpus =
        ["ustar.tar", "gnu.tar", "pax.tar"].compactMap { name -> [UInt8]? in
            let path = "\(Repository.directory)/Tests/DatasetsTests/Fixtures/sources/\(name)"
            guard let bytes = try? FileSystem.read(path) else { return nil }
            let content = (bytes.lastIndex { $0 != 0 } ?? -1) / blockSize * blockSize + blockSize
            return Array(bytes[..<content])
        } + [shard]

    /// A shard with a column of each kind.
    private static let shard = [
        ("a.jpg", "\u{1}\u{2}"), ("a.cls", "3"), ("b.json", #"{"x": [1, null, "y"]}"#), ("b.txt", "ä"),
        ("b.seg.bin", "\0"),
    ].flatMap { name, content in
        var header = [UInt8](repeating: 0, count: blockSize)
        header.replaceSubrange(..<name.utf8.count, with: name.utf8)
        let size = String(content.utf8.count, radix: 8)
        header.replaceSubrange(
            124..<136, with: Array("\(String(repeating: "0", count: 11 - size.count))\(size)\0".utf8))
        header[156] = UInt8(ascii: "0")
        let padding = [UInt8](repeating: 0, count: blockSize - content.utf8.count)
        return withChecksum(header) + Array(content.utf8) + padding
    }

    /// A header with its checksum made right.
    private static func withChecksum(_ header: some Sequence<UInt8>) -> [UInt8] {
        var header = Array(header)
        header.replaceSubrange(148..<156, with: repeatElement(32, count: 8))
        let digits = Array(String(header.reduce(0) { $0 + Int($1) }, radix: 8).utf8)
        let zeros = [UInt8](repeating: 48, count: 6 - digits.count)
        header.replaceSubrange(148..<156, with: zeros + digits + [0, 32])
        return header
    }

    /// Changes fields of a header, and makes its checksum right again.
    private static func changingHeader(_ random: inout SplitMix64) -> [UInt8] {
        var bytes = random.pick(corpus)
        let start = random.below(bytes.count / blockSize) * blockSize
        for _ in 0..<random.number(in: 1...6) {
            // Mostly the size and the kind.
            let place = random.pick([random.below(blockSize), 124 + random.below(12), 156, random.below(12)])
            bytes[start + place] = random.pick([0, 32, 46, 48, 49, 55, 76, 103, 120, 128, 255, random.byte()])
        }
        bytes.replaceSubrange(start..<start + blockSize, with: withChecksum(bytes[start..<start + blockSize]))
        return bytes
    }

    private static let text = FuzzText(
        alphabet: [
            "ustar\0", "00000000005\0", "77777777777\0", "99 path=\0", "14 path=b.cls\n", ".json", ".cls", "{\"a\":",
        ], corpus: corpus, special: changingHeader)

    private static let scratch = try? ScratchDirectory()

    static let shards = FuzzTarget(name: "tar") { random in
        random.chance(percent: 60) ? changingHeader(&random) : text.make(&random)
    } check: { (bytes: [UInt8]) in
        if let archive = try? TarArchive(byteCount: bytes.count, read: { Array(bytes[$0]) }) {
            for member in archive.members where member.range.upperBound > bytes.count || member.range.lowerBound < 512 {
                throw PropertyFailure("\(member) is outside")
            }
        }
        guard let path = scratch?.path("shard.tar") else { throw PropertyFailure("there is no scratch directory") }
        try FileSystem.writeDirectly(bytes, to: path)
        let dataset: WebDataset
        do throws(ImageSourceError) { dataset = try WebDataset(shards: [path]) } catch {
            return try ErrorMessage.check(error)
        }
        for index in 0..<min(dataset.count, 3) {
            do { _ = try dataset.example(at: index, columns: nil) } catch let error as ImageSourceError {
                try ErrorMessage.check(error)
            }
        }
    }

    @Test("What mutations start from is read")
    func corpus() throws {
        #expect(Self.corpus.count == 4)
        let path = try #require(Self.scratch).path("corpus.tar")
        for bytes in Self.corpus {
            try FileSystem.writeDirectly(bytes, to: path)
            let dataset = try WebDataset(shards: [path])
            for index in 0..<dataset.count { _ = try dataset.example(at: index, columns: nil) }
        }
    }

    @Test("Shards of a WebDataset")
    func anyShard() { Self.shards.run(inputs: 2000) }
}
