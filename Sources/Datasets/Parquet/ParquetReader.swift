import Diagnostics
import OrderedCollections

/// Reads single rows of several files, with a memory for what was read last.
struct ParquetReader: Sendable {
    private let files: [ParquetFile]
    private let cache: PageCache
    private let entryLimit: Int

    /// Reads files.
    ///
    /// - Parameters:
    ///   - files: The files.
    ///   - cacheByteLimit: What is kept of pages that were read, in bytes.
    ///   - entryLimit: How many values and nulls the pages that one row needs may have; each takes up to 18 bytes.
    init(_ files: [ParquetFile], cacheByteLimit: Int, entryLimit: Int = 1 << 27) {
        self.files = files
        self.entryLimit = entryLimit
        cache = PageCache(byteLimit: cacheByteLimit)
    }

    /// The value of a column in a row.
    ///
    /// - Parameters:
    ///   - number: The number of the file.
    ///   - row: The number of the row in the file.
    ///   - column: The column's name.
    /// - Returns: The value as it is stored.
    /// - Throws: `ParquetError` if the file cannot be read or is damaged.
    func value(file number: Int, row: Int, column: String) throws(ParquetError) -> Value {
        let file = files[number]
        guard let field = file.schema.columns[column] else {
            throw ParquetError(
                path: file.path, column: column,
                .missingColumn(nearest: NearestNames.of(column, among: file.schema.columns.keys)))
        }
        guard row >= 0, row < file.metadata.rowCount else {
            throw file.failure(.noRow(row, count: file.metadata.rowCount))
        }
        let groups = file.metadata.rowGroups
        let group = groups.partitioningIndex { $0.firstRow > row } - 1
        var entryCount = 0
        var leaves: [ColumnEntries] = []
        var entries: [Range<Int>] = []
        for leaf in file.schema.leaves[field.leaves] {
            let row = row - groups[group].firstRow
            let (run, part) = try self.entries(number, file, group, leaf, row: row)
            entryCount += part.count
            guard entryCount <= entryLimit else {
                throw ParquetError(
                    path: file.path, rowGroup: group, column: column,
                    .tooLarge(content: "the values of the pages of a row", size: entryCount, limit: entryLimit))
            }
            leaves.append(part)
            entries.append(part.entries(ofRow: row - run.rows.lowerBound))
        }
        do throws(ParquetProblem) {
            try Self.checkSize(of: entries, file.schema.leaves[field.leaves], in: file)
            return try RecordAssembly(leaves: leaves, firstLeaf: field.leaves.lowerBound).value(of: field, entries)
        } catch {
            throw ParquetError(path: file.path, rowGroup: group, column: column, error)
        }
    }

    /// A row may become a value of so many parts, however small the file is.
    private static let partLimit = 1 << 22

    /// Refuses a row of which the value would take more memory than its file can account for: a few bytes of a page may stand
    /// for millions of nulls, and each becomes a value with all that is around it.
    private static func checkSize(
        of entries: [Range<Int>], _ leaves: ArraySlice<ParquetLeaf>, in file: ParquetFile
    ) throws(ParquetProblem) {
        let size = zip(entries, leaves).reduce(0) { $0 + $1.0.count * $1.1.path.count }
        let limit = max(partLimit, 8 * file.byteCount)
        guard size <= limit else { throw .tooLarge(content: "the parts of a row's value", size: size, limit: limit) }
    }

    /// The pages of a column that hold a row of a row group.
    private func entries(
        _ number: Int, _ file: ParquetFile, _ group: Int, _ leaf: ParquetLeaf, row: Int
    ) throws(ParquetError) -> (ColumnChunkLayout.Run, ColumnEntries) {
        func key(_ part: PageCache.Key.Part) -> PageCache.Key {
            PageCache.Key(file: number, rowGroup: group, leaf: leaf.number, part: part)
        }
        let content = try cache.content(key(.layout)) { () throws(ParquetError) in
            .layout(try file.layout(rowGroup: group, leaf: leaf))
        }
        guard case .layout(let layout) = content else { throw damaged(file, group, leaf) }
        let index = layout.run(ofRow: row)
        guard layout.runs.indices.contains(index), layout.runs[index].rows.contains(row) else {
            throw damaged(file, group, leaf)
        }
        let run = layout.runs[index]
        let entries = try cache.content(key(.run(index))) { () throws(ParquetError) in
            var dictionary: ColumnValues?
            if let range = layout.dictionary {
                let content = try cache.content(key(.dictionary)) { () throws(ParquetError) in
                    .dictionary(try file.dictionary(rowGroup: group, leaf: leaf, range: range))
                }
                if case .dictionary(let values) = content { dictionary = values }
            }
            return .entries(try file.entries(rowGroup: group, leaf: leaf, run: run, dictionary: dictionary))
        }
        guard case .entries(let entries) = entries else { throw damaged(file, group, leaf) }
        return (run, entries)
    }

    private func damaged(_ file: ParquetFile, _ group: Int, _ leaf: ParquetLeaf) -> ParquetError {
        file.failure(
            .malformed(structure: "index of pages", problem: "it leaves out rows"), rowGroup: group, leaf: leaf)
    }
}
