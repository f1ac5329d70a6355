import Checkpoints
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

@Suite("Parquet files that are wrong")
struct ParquetDamageTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private func bytes(_ file: String) throws -> [UInt8] { try FileSystem.read(ParquetFixture.named(file).path) }

    /// What reading all of a file throws.
    private func error(_ bytes: [UInt8]) throws -> ParquetError? {
        try directory.write("file.parquet", bytes)
        do throws(ParquetError) {
            let dataset = try ParquetDataset(paths: [directory.path("file.parquet")])
            for row in 0..<dataset.count { _ = try dataset.row(row, columns: nil) }
            return nil
        } catch {
            #expect(error.path == directory.path("file.parquet"))
            #expect(error.description.contains(error.path))
            return error
        }
    }

    @Test("Other files are refused")
    func otherFiles() throws {
        for text in ["", "PAR1", "PAR1PAR1", "PAR1....PAR2", String(repeating: "x", count: 100)] {
            #expect(try error(Array(text.utf8))?.problem == .notParquet)
        }
        #expect(try error(Array("PAR1....\0\0\0\0PARE".utf8))?.problem == .encrypted)
        let long = Array("PAR1....".utf8) + [0xFF, 0, 0, 0] + Array("PAR1".utf8)
        guard case .outside("footer", _, _) = try error(long)?.problem else {
            Issue.record("another problem")
            return
        }
        let missing = #expect(throws: ParquetError.self) { try ParquetDataset(paths: ["/none.parquet"]) }
        #expect(missing?.problem == .file(.unreadable(path: "/none.parquet", code: 2)))
        #expect(missing?.description == "/none.parquet cannot be read: No such file or directory")
    }

    @Test("Cut off anywhere, a file is refused")
    func truncated() throws {
        let whole = try bytes("two_levels.parquet")
        #expect(try error(whole) == nil)
        for count in 0..<whole.count { #expect(try error(Array(whole[..<count])) != nil) }
    }

    @Test("A changed page is noticed by its checksum, and named")
    func checksum() throws {
        var changed = try bytes("two_levels.parquet")
        // In the last value of the only page.
        let place = try #require(changed.firstRange(of: [3, 0, 0, 0]))
        changed[place.lowerBound] = 4
        let found = try #require(try error(changed))
        guard case .checksum = found.problem else {
            Issue.record("another problem: \(found)")
            return
        }
        #expect(found.rowGroup == 0 && found.column == "list.element" && found.page == 0)
        #expect(found.description.contains("row group 0, column 'list.element', page 0"))
    }

    @Test("Compressions that are not supported are named", arguments: [("brotli", "BROTLI"), ("lz4", "LZ4_RAW")])
    func codecs(_ codec: (file: String, name: String)) throws {
        let found = try error(FileSystem.read("\(ParquetFixture.directory)/refused_\(codec.file).parquet"))
        #expect(found?.problem == .codec(codec.name) && found?.column == "int8")
    }

    /// Without limits, these files of a few hundred bytes would ask for many gigabytes.
    @Test(
        "Absurd sizes are refused before memory is asked for",
        arguments: [
            ("many_values", "the values of pages that are read together"),
            ("long_row", "the parts of a row's value"),
            ("many_rows", "the rows"),
        ])
    func absurdSizes(_ file: (name: String, content: String)) throws {
        let path = ParquetFixture.directory + "/refused_\(file.name).parquet"
        let thrown = #expect(throws: ParquetError.self) {
            try ParquetDataset(paths: [path]).row(0, columns: nil)
        }
        guard case .tooLarge(file.content, _, _) = thrown?.problem else {
            Issue.record("another problem: \(String(describing: thrown))")
            return
        }
    }

    @Test("An index of pages cannot make many of them one")
    func absurdRun() throws {
        let path = ParquetFixture.directory + "/refused_many_values.parquet"
        let file = try ParquetFile(path, files: OpenFiles())
        let chunk = try #require(file.metadata.rowGroups[0].columns[0].range)
        // All pages, as if they were one.
        let run = ColumnChunkLayout.Run(range: chunk, rows: 0..<file.metadata.rowCount, firstPage: 0)
        let thrown = #expect(throws: ParquetError.self) {
            try file.entries(rowGroup: 0, leaf: file.schema.leaves[0], run: run, dictionary: nil)
        }
        guard case .tooLarge = thrown?.problem else {
            Issue.record("another problem: \(String(describing: thrown))")
            return
        }
    }

    @Test("A column of many parts cannot ask for the memory of all of them")
    func absurdParts() throws {
        let path = "\(Repository.directory)/Tests/DatasetsTests/Fixtures/parquet_small/pairs.parquet"
        let file = try ParquetFile(path, files: OpenFiles())
        // Two parts of five values each.
        let reader = ParquetReader([file], cacheByteLimit: 0, entryLimit: 10)
        #expect(throws: Never.self) { try reader.value(file: 0, row: 0, column: "x") }
        let stricter = ParquetReader([file], cacheByteLimit: 0, entryLimit: 9)
        let thrown = #expect(throws: ParquetError.self) { try stricter.value(file: 0, row: 0, column: "x") }
        #expect(thrown?.problem == .tooLarge(content: "the values of the pages of a row", size: 10, limit: 9))
    }

    @Test("Numbers of classes in a description ask for no more names than any task has")
    func absurdClasses() {
        let column = #"{"_type": "ClassLabel", "num_classes": 400000}"#
        let columns = (0..<1000).map { "\"\($0)\": \(column)" }.joined(separator: ", ")
        let features = HuggingFaceFeatures.parse(#"{"info": {"features": {\#(columns)}}}"#)
        #expect(features.keys == ["0", "1"])
    }

    @Test("Rows and columns that are not there are refused, and near names told")
    func missing() throws {
        let dataset = try ParquetDataset(paths: [ParquetFixture.named("pages_scan_v1.parquet").path])
        for row in [-1, 1000, Int.max] {
            let error = #expect(throws: ParquetError.self) { try dataset.example(at: row) }
            #expect(error?.problem == .noRow(row, count: 1000))
        }
        let error = #expect(throws: ParquetError.self) { try dataset.example(at: 0, columns: ["numbr"]) }
        #expect(error?.problem == .missingColumn(nearest: ["number"]))
    }

    @Test("Files of one data set have the same columns")
    func columns() throws {
        let pages = try ParquetFixture.named("pages_scan_v1.parquet").path
        let both = try ParquetDataset(paths: [pages, ParquetFixture.named("pages_index_v2.parquet").path])
        #expect(both.count == 2000)
        #expect(try both.example(at: 1001, columns: ["number"]) == ["number": .integer(1)])
        let list = try ParquetFixture.named("two_levels.parquet").path
        let number = try ParquetFixture.named("bare_repeated.parquet").path
        let error = #expect(throws: ParquetError.self) { try ParquetDataset(paths: [number, pages]) }
        #expect(error?.problem == .columnTypeDiffers(expected: "list of int32", found: "int32"))
        #expect(error?.path == pages && error?.column == "number")
        let other = #expect(throws: ParquetError.self) { try ParquetDataset(paths: [pages, list]) }
        #expect(other?.path == list && other?.problem == .missingColumn(nearest: []))
        #expect(try ParquetDataset(paths: []).count == 0)
    }

    @Test("Reading one column leaves the bytes of the others alone")
    func projection() throws {
        var bytes = try bytes("features.parquet")
        // Nothing of the images is left.
        let file = try ParquetFile(ParquetFixture.named("features.parquet").path, files: OpenFiles())
        let range = try #require(file.metadata.rowGroups[0].columns[0].range)
        bytes.replaceSubrange(range, with: repeatElement(0xFF, count: range.count))
        try directory.write("file.parquet", bytes)
        let dataset = try ParquetDataset(paths: [directory.path("file.parquet")])
        let labels = try (0..<5).map { try dataset.example(at: $0, columns: ["label"])["label"] }
        #expect(labels == [0, 1, 2, 0, 1].map { .integer($0) })
        let error = #expect(throws: ParquetError.self) { try dataset.example(at: 0, columns: ["image"]) }
        #expect(error?.column == "image.bytes")
    }

    @Test("More files than are kept open are read")
    func manyFiles() throws {
        let path = try ParquetFixture.named("two_levels.parquet").path
        let dataset = try ParquetDataset(paths: [String](repeating: path, count: 3) + manyCopies(path))
        #expect(dataset.count == 4 * 53)
        for row in stride(from: 0, to: dataset.count, by: 4) {
            #expect(try dataset.example(at: row) == ["list": .list([.integer(1), .integer(2)])])
        }
    }

    private func manyCopies(_ path: String) throws -> [String] {
        let bytes = try FileSystem.read(path)
        return try (0..<50).map { number in
            try directory.write("\(number).parquet", bytes)
            return directory.path("\(number).parquet")
        }
    }

    @Test("Threads read the same pages at once")
    func threads() async throws {
        let fixture = try ParquetFixture.named("pages_index_v1.parquet")
        let dataset = try ParquetDataset(paths: [fixture.path], cacheByteLimit: 20_000)
        try await withThrowingTaskGroup { group in
            for seed in 0..<8 {
                group.addTask {
                    var random = SplitMix64(seed: UInt64(seed))
                    for _ in 0..<500 {
                        let row = random.below(dataset.count)
                        let example = try dataset.example(at: row)
                        guard example["number"] == .integer(Int64(row)),
                            example["text"] == fixture.table.columns["text"]?[row],
                            example["list"] == fixture.table.columns["list"]?[row]
                        else { throw PropertyFailure("row \(row) is \(example)") }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
