import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// Any bytes are read or refused, quickly and with a clear message.
@Suite("Parquet files of any bytes")
struct ParquetFuzzTests {
    /// Small files of all kinds.
    private static let corpus: [[UInt8]] = {
        let directory = "\(Repository.directory)/Tests/DatasetsTests/Fixtures/parquet_small"
        let small = FileSystem.names(in: directory).map { "\(directory)/\($0)" }
        // Those made by hand are small as well.
        let other = ParquetFixture.all.map(\.path)
        return (small + other).compactMap { try? FileSystem.read($0) }.filter { $0.count < 1000 }
    }()

    private static let scratch = try? ScratchDirectory()

    /// Reads some rows of a file.
    private static func check(_ bytes: [UInt8], name: String) throws {
        guard let scratch else { throw PropertyFailure("there is no scratch directory") }
        let path = scratch.path(name)
        // No test reads another one's file, and nothing is left half written.
        try FileSystem.writeDirectly(bytes, to: path)
        let dataset: ParquetDataset
        do throws(ParquetError) {
            dataset = try ParquetDataset(paths: [path], cacheByteLimit: 1 << 16)
        } catch {
            return try ErrorMessage.check(error)
        }
        for row in Set([0, dataset.count / 2, dataset.count - 1]) where row >= 0 && row < dataset.count {
            for column in dataset.features.keys {
                var failure: ParquetError?
                do throws(ParquetError) { _ = try dataset.row(row, columns: [column]) } catch { failure = error }
                if let failure { try ErrorMessage.check(failure) }
            }
        }
    }

    /// Changes some bytes of a part of a file.
    private static func mutate(_ bytes: inout [UInt8], in range: Range<Int>, _ random: inout SplitMix64) {
        for _ in 0...random.below(4) where !range.isEmpty {
            let place = range.lowerBound + random.below(range.count)
            switch random.below(4) {
            case 0: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1: bytes[place] = random.byte()
            case 2: bytes[place] = random.pick([0, 1, 0x7F, 0x80, 0xFF])
            default:
                // A number of several bytes becomes larger.
                for index in place..<min(place + random.below(9), range.upperBound) { bytes[index] |= 0x80 }
            }
        }
    }

    private static func footer(of bytes: [UInt8]) -> Range<Int> {
        let end = bytes.count - 8
        return max(4, end - Int(bytes.number(UInt32.self, at: end)))..<end
    }

    /// The footer is changed alone: all of it is read before anything else.
    static let footers = FuzzTarget(name: "parquet-footer") { random in
        var bytes = random.pick(corpus)
        mutate(&bytes, in: footer(of: bytes), &random)
        return bytes
    } check: { (bytes: [UInt8]) in
        try check(bytes, name: "footer")
    }

    /// The pages are changed alone, so that damage gets past the footer.
    static let pages = FuzzTarget(name: "parquet-pages") { random in
        var bytes = random.pick(corpus)
        mutate(&bytes, in: 4..<footer(of: bytes).lowerBound, &random)
        return bytes
    } check: { (bytes: [UInt8]) in
        try check(bytes, name: "pages")
    }

    private static let fileText = FuzzText(
        alphabet: ["PAR1", "\u{15}\u{0}\u{15}", "schema", "huggingface"], corpus: corpus
    ) { random in (0..<random.below(2000)).map { _ in random.byte() } }

    /// Anything is changed, bytes are left out and doubled.
    static let files = FuzzTarget(name: "parquet-file") { random in
        fileText.make(&random)
    } check: { (bytes: [UInt8]) in
        try check(bytes, name: "file")
    }

    /// The small formats within pages, without what guards them in a file.
    static let decoders = FuzzTarget(name: "parquet-decoders") { random in
        (0..<random.below(80)).map { _ in
            random.chance(percent: 60) ? random.byte() : random.pick([0, 1, 2, 3, 8, 0x80])
        }
    } check: { (bytes: [UInt8]) in
        for codec in [ParquetCodec.snappy, .gzip, .zstd] { _ = try? codec.decompress(bytes, 0..<bytes.count, to: 500) }
        let count = Int(bytes.first ?? 0)
        for type in [ParquetPhysicalType.boolean, .int32, .int64, .int96, .float, .byteArray, .fixedLengthByteArray] {
            let leaf = ParquetLeaf(
                number: 0, path: ["x"], physicalType: type, typeLength: 3, logicalType: nil, definitionLevel: 2,
                repetitionLevel: 1)
            for encoding in 0...9 {
                _ = try? ValueDecoder(leaf: leaf).decode(
                    PageBytes(bytes), count: count, encodingNumber: encoding, dictionary: .integers([1, 2]))
            }
        }
        var packed = PageBytes(bytes)
        _ = try? RunLengthDecoder.decodeBitPacked(&packed, count: count, bitWidth: 3, content: "levels")
        _ = try? OffsetIndex.runs(parsing: bytes, limits: 0..<100, rowCount: 10)
        _ = try? PageHeader(parsing: bytes)
        _ = try? ParquetMetadata(parsing: bytes)
    }

    @Test("What mutations start from is read")
    func corpus() throws {
        #expect(Self.corpus.count >= 90)
        let path = try #require(Self.scratch).path("corpus")
        var problems: [ParquetProblem] = []
        for bytes in Self.corpus {
            try FileSystem.writeDirectly(bytes, to: path)
            do throws(ParquetError) {
                let dataset = try ParquetDataset(paths: [path])
                for row in 0..<dataset.count { _ = try dataset.row(row, columns: nil) }
            } catch {
                problems.append(error.problem)
            }
        }
        #expect(problems == [.imageWithoutBytes(imagePath: "a.png"), .unknownClass("bird")])
    }

    @Test("Footers")
    func fuzzFooters() { Self.footers.run(inputs: 3000) }

    @Test("Pages")
    func fuzzPages() { Self.pages.run(inputs: 3000) }

    @Test("Whole files")
    func fuzzFiles() { Self.files.run(inputs: 2000) }

    @Test("Decoders")
    func fuzzDecoders() { Self.decoders.run(inputs: 3000) }
}
