import Checkpoints
import OrderedCollections

/// A Parquet file of which the footer has been read.
struct ParquetFile: Sendable {
    let path: String
    let schema: ParquetSchema
    let metadata: ParquetMetadata
    /// Its length in bytes.
    let byteCount: Int
    /// Where the footer begins, in bytes from the file's start.
    private let contentEnd: Int
    private let files: OpenFiles

    private static let magic = Array("PAR1".utf8)
    private static let encryptedMagic = Array("PARE".utf8)
    /// A file with so large a footer has millions of column chunks.
    static let footerByteLimit = 1 << 30
    /// Pages of lists that no index tells apart are read together; places in them must fit into 32 bits.
    private static let runByteLimit = 2 << 30

    /// Reads the footer of a file, and checks that its parts agree.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - files: Opens it.
    /// - Throws: `ParquetError` if it cannot be read, or is no Parquet file or a damaged one.
    init(_ path: String, files: OpenFiles) throws(ParquetError) {
        self.path = path
        self.files = files
        do throws(ParquetProblem) {
            let file = try files.open(path)
            byteCount = file.byteCount
            let footer = try Self.footer(of: file)
            contentEnd = footer.lowerBound
            metadata = try ParquetMetadata(parsing: try file.bytes(footer))
            schema = try ParquetSchema(metadata.elements)
            try Self.checkRows(metadata.rowCount, byteCount: byteCount)
        } catch {
            throw ParquetError(path: path, error)
        }
        for (number, group) in metadata.rowGroups.enumerated() where group.columns.count != schema.leaves.count {
            throw ParquetError(
                path: path, rowGroup: number,
                .mismatch(content: "the number of columns", expected: schema.leaves.count, found: group.columns.count))
        }
    }

    /// Refuses rows for which there cannot be values: who counts on them would run out of memory.
    ///
    /// A file of one value, again and again, has some hundreds of rows for each byte.
    private static func checkRows(_ rowCount: Int, byteCount: Int) throws(ParquetProblem) {
        let limit = max(1 << 24, 4096 * byteCount)
        guard rowCount <= limit else { throw .tooLarge(content: "the rows", size: rowCount, limit: limit) }
    }

    /// Where the footer is; its length and the format's mark come after it.
    private static func footer(of file: CheckpointFile) throws(ParquetProblem) -> Range<Int> {
        let end = file.byteCount - 8
        guard end >= 4 else { throw .notParquet }
        guard [magic, encryptedMagic].contains(try file.bytes(0..<4)) else { throw .notParquet }
        let tail = try file.bytes(end..<end + 8)
        if Array(tail[4...]) == encryptedMagic { throw .encrypted }
        guard Array(tail[4...]) == magic else { throw .notParquet }
        let length = Int(tail.number(UInt32.self, at: 0))
        guard length <= footerByteLimit else {
            throw .tooLarge(content: "the footer", size: length, limit: footerByteLimit)
        }
        guard length <= end - 4 else { throw .outside(content: "footer", range: (end - length)..<end, limits: 4..<end) }
        return (end - length)..<end
    }

    /// An error about a part of the file.
    func failure(_ problem: ParquetProblem, rowGroup: Int? = nil, leaf: ParquetLeaf? = nil, page: Int? = nil)
        -> ParquetError
    {
        ParquetError(path: path, rowGroup: rowGroup, column: leaf?.name, page: page, problem)
    }
}

// MARK: - Column chunks

extension ParquetFile {
    /// Finds the pages of a column chunk: by its index if there is one, or else by their headers.
    ///
    /// - Throws: `ParquetError` if they are not where the footer says, or have another number of values.
    func layout(rowGroup: Int, leaf: ParquetLeaf) throws(ParquetError) -> ColumnChunkLayout {
        let group = metadata.rowGroups[rowGroup]
        let chunk = group.columns[leaf.number]
        do throws(ParquetProblem) {
            let range = try checkedRange(chunk, leaf)
            let file = try open()
            if let index = chunk.offsetIndex {
                let bytes = try indexRange(index)
                let runs = try OffsetIndex.runs(
                    parsing: try file.bytes(bytes), limits: range, rowCount: group.rowCount)
                let dictionary = range.lowerBound..<(runs.first?.range.lowerBound ?? range.lowerBound)
                return ColumnChunkLayout(runs: runs, dictionary: dictionary.isEmpty ? nil : dictionary)
            }
            return try PageScan(file: file, range: range, leaf: leaf, chunk: chunk, rowCount: group.rowCount).layout()
        } catch {
            throw failure(error, rowGroup: rowGroup, leaf: leaf)
        }
    }

    private func checkedRange(
        _ chunk: ParquetMetadata.ColumnChunk, _ leaf: ParquetLeaf
    ) throws(ParquetProblem) -> Range<Int> {
        if chunk.isEncrypted { throw .encrypted }
        if let other = chunk.otherFile, !other.isEmpty {
            throw .malformed(structure: "footer", problem: "the column is in another file, '\(other)'")
        }
        guard chunk.physicalType == leaf.physicalType.rawValue else {
            throw .mismatch(
                content: "the type of the column's values", expected: leaf.physicalType.rawValue,
                found: chunk.physicalType ?? -1)
        }
        _ = try codec(chunk)
        guard let range = chunk.range, range.lowerBound >= 4, range.upperBound <= contentEnd else {
            throw .outside(content: "column", range: chunk.range ?? 0..<0, limits: 4..<contentEnd)
        }
        return range
    }

    private func indexRange(_ index: (offset: Int, byteCount: Int)) throws(ParquetProblem) -> Range<Int> {
        guard index.byteCount <= OffsetIndex.byteLimit else {
            throw .tooLarge(content: "the index of pages", size: index.byteCount, limit: OffsetIndex.byteLimit)
        }
        guard index.offset <= contentEnd, index.byteCount <= contentEnd - index.offset else {
            throw .outside(
                content: "index of pages", range: index.offset..<index.offset.addingWrapping(index.byteCount),
                limits: 4..<contentEnd)
        }
        return index.offset..<index.offset + index.byteCount
    }

    private func codec(_ chunk: ParquetMetadata.ColumnChunk) throws(ParquetProblem) -> ParquetCodec {
        guard let codec = ParquetCodec(rawValue: chunk.codec) else { throw .codec("\(chunk.codec)") }
        guard ParquetCodec.supportedNames.contains(codec.name) else { throw .codec(codec.name) }
        return codec
    }

    private func open() throws(ParquetProblem) -> CheckpointFile {
        let file = try files.open(path)
        guard file.byteCount == byteCount else {
            throw .mismatch(
                content: "the bytes of the file, which somebody has changed", expected: byteCount, found: file.byteCount
            )
        }
        return file
    }
}

// MARK: - Pages

extension ParquetFile {
    /// Reads the dictionary of a column chunk.
    ///
    /// - Returns: Its values; nil if what lies before the data pages is something else.
    /// - Throws: `ParquetError` if it is damaged or not supported.
    func dictionary(rowGroup: Int, leaf: ParquetLeaf, range: Range<Int>) throws(ParquetError) -> ColumnValues? {
        do throws(ParquetProblem) {
            let codec = try codec(metadata.rowGroups[rowGroup].columns[leaf.number])
            let bytes = try open().bytes(range)
            let page = try Page(bytes, from: 0)
            guard case .dictionary(let count, let encoding) = page.header.content else { return nil }
            guard [.plain, .plainDictionary].contains(ParquetEncoding(rawValue: encoding)) else {
                throw .encoding(ParquetEncoding(rawValue: encoding)?.name ?? "\(encoding)", type: "dictionaries")
            }
            let body = try codec.decompress(bytes, page.body, to: page.header.uncompressedByteCount)
            return try ValueDecoder(leaf: leaf).decode(
                body, count: count, encodingNumber: ParquetEncoding.plain.rawValue, dictionary: nil)
        } catch {
            throw failure(error, rowGroup: rowGroup, leaf: leaf)
        }
    }

    /// Reads pages that begin and end with rows.
    ///
    /// - Throws: `ParquetError` if they are damaged or not supported, or have another number of rows.
    func entries(
        rowGroup: Int, leaf: ParquetLeaf, run: ColumnChunkLayout.Run, dictionary: ColumnValues?
    ) throws(ParquetError) -> ColumnEntries {
        var number = run.firstPage
        do throws(ParquetProblem) {
            let codec = try codec(metadata.rowGroups[rowGroup].columns[leaf.number])
            let decoder = DataPageDecoder(leaf: leaf, codec: codec)
            guard run.range.count <= Self.runByteLimit else {
                throw .tooLarge(
                    content: "the bytes of pages that must be read together", size: run.range.count,
                    limit: Self.runByteLimit)
            }
            let bytes = try open().bytes(run.range)
            var pages: [ColumnEntries] = []
            var (position, rows, values, byteCount) = (0, 0, 0, 0)
            while position < bytes.count {
                let page = try Page(bytes, from: position)
                position = page.body.upperBound
                guard case .data(let data) = page.header.content else { continue }
                // A row takes one entry at least.
                guard leaf.repetitionLevel > 0 || data.valueCount <= run.rows.count - rows else {
                    throw .mismatch(
                        content: "the rows of a page", expected: run.rows.count - rows, found: data.valueCount)
                }
                values += data.valueCount
                try PageHeader.checkReadTogether(values: values)
                let entries = try decoder.decode(page.header, data, bytes, page.body, dictionary: dictionary)
                rows += entries.rowCount
                byteCount += entries.byteCount
                guard byteCount <= Self.runByteLimit else {
                    throw .tooLarge(
                        content: "the memory of pages that are read together", size: byteCount,
                        limit: Self.runByteLimit)
                }
                pages.append(entries)
                number += 1
            }
            let entries = ColumnEntries.joined(pages)
            guard entries.beginsWithRow, entries.rowCount == run.rows.count else {
                throw .mismatch(content: "the rows of pages", expected: run.rows.count, found: entries.rowCount)
            }
            return entries
        } catch {
            throw failure(error, rowGroup: rowGroup, leaf: leaf, page: number)
        }
    }

    /// A page among bytes of the file.
    private struct Page {
        let header: PageHeader
        /// Where it is, without the header.
        let body: Range<Int>

        /// Reads the header, and checks the bytes after it.
        init(_ bytes: [UInt8], from position: Int) throws(ParquetProblem) {
            header = try PageHeader(parsing: bytes, from: position)
            let start = position + header.byteCount
            guard header.compressedByteCount <= bytes.count - start else { throw .ended(content: "page") }
            body = start..<start + header.compressedByteCount
            if let expected = header.checksum {
                let found = PageChecksum.of(bytes[body])
                guard found == expected else { throw .checksum(expected: expected, found: found) }
            }
        }
    }
}

extension Int {
    /// The sum, or the largest number if it is larger.
    fileprivate func addingWrapping(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
