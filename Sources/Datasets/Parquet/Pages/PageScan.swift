import Checkpoints

/// Finds the pages of a column chunk by going from header to header, as no index says where they are.
struct PageScan {
    let file: CheckpointFile
    /// Where the pages are; in bytes from the file's start.
    let range: Range<Int>
    let leaf: ParquetLeaf
    let chunk: ParquetMetadata.ColumnChunk
    /// The rows of the row group.
    let rowCount: Int

    /// The layout of the column chunk.
    ///
    /// - Throws: `ParquetProblem` if a header is malformed, or the pages have another number of values or rows.
    func layout() throws(ParquetProblem) -> ColumnChunkLayout {
        var dictionary: Range<Int>?
        var runs: [ColumnChunkLayout.Run] = []
        // Rows of several values may go over from one page to the next, unless the page is of the second kind.
        var everyRowIsCounted = true
        var (row, values) = (0, 0)
        var (position, page) = (range.lowerBound, 0)
        while position < range.upperBound, values < chunk.valueCount {
            let header = try header(at: position)
            let bodyStart = position + header.byteCount
            guard header.compressedByteCount <= range.upperBound - bodyStart else { throw .ended(content: "column") }
            let end = bodyStart + header.compressedByteCount
            switch header.content {
            case .dictionary:
                guard dictionary == nil, page == 0 else {
                    throw .malformed(structure: "column", problem: "there is a dictionary after the first page")
                }
                dictionary = position..<end
            case .data(let data):
                values += data.valueCount
                if let rows = leaf.repetitionLevel == 0 ? data.valueCount : data.second?.rowCount {
                    guard rows <= rowCount - row else {
                        throw .mismatch(content: "the rows of all pages", expected: rowCount, found: row + rows)
                    }
                    if rows > 0 { runs.append(.init(range: position..<end, rows: row..<row + rows, firstPage: page)) }
                    row += rows
                } else {
                    everyRowIsCounted = false
                }
                page += 1
            case .other: break
            }
            position = end
        }
        guard values == chunk.valueCount else {
            throw .mismatch(content: "the values of all pages", expected: chunk.valueCount, found: values)
        }
        if !everyRowIsCounted {
            // All pages are read together.
            try PageHeader.checkReadTogether(values: values)
            let start = dictionary?.upperBound ?? range.lowerBound
            return ColumnChunkLayout(
                runs: [.init(range: start..<position, rows: 0..<rowCount, firstPage: 0)], dictionary: dictionary)
        }
        guard row == rowCount else { throw .mismatch(content: "the rows of all pages", expected: rowCount, found: row) }
        return ColumnChunkLayout(runs: runs, dictionary: dictionary)
    }

    /// Statistics make some headers long.
    private static let usualByteCount = 512
    private static let byteLimit = 16 << 20

    private func header(at position: Int) throws(ParquetProblem) -> PageHeader {
        var count = Self.usualByteCount
        while true {
            let end = min(position + count, range.upperBound)
            do throws(ParquetProblem) {
                return try PageHeader(parsing: try file.bytes(position..<end))
            } catch {
                guard case .ended(PageHeader.name) = error, end < range.upperBound, count < Self.byteLimit else {
                    throw error
                }
                count *= 8
            }
        }
    }
}
