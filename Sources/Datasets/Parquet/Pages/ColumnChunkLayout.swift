/// Where the pages of a column chunk are, and which rows are in them.
struct ColumnChunkLayout: Sendable {
    /// Pages that begin and end with rows, so that they can be read without others.
    struct Run: Sendable {
        /// The pages with their headers, one after another; in bytes from the file's start.
        let range: Range<Int>
        /// The rows in them, from the row group's first.
        let rows: Range<Int>
        /// The number of the first page.
        let firstPage: Int
    }

    /// In the order of the rows.
    let runs: [Run]
    /// The page with the dictionary and its header; in bytes from the file's start.
    let dictionary: Range<Int>?

    /// The number of the run with a row, counted from the row group's first.
    func run(ofRow row: Int) -> Int { runs.partitioningIndex { $0.rows.lowerBound > row } - 1 }
}

/// Places of pages, as some writers note them down.
///
/// See <https://github.com/apache/parquet-format/blob/master/PageIndex.md>.
enum OffsetIndex {
    /// A page.
    struct Location: Sendable {
        /// In bytes from the file's start.
        var offset = 0
        /// With the header.
        var byteCount = 0
        /// From the row group's first.
        var firstRow = 0
    }

    /// More than any file has, in bytes.
    static let byteLimit = 64 << 20

    /// Reads an index.
    ///
    /// - Parameters:
    ///   - bytes: Its bytes.
    ///   - limits: Where the column chunk's pages are.
    ///   - rowCount: The rows of the row group.
    /// - Returns: A run for each page.
    /// - Throws: `ParquetProblem` if it is malformed, or its pages are not in the limits, in order.
    static func runs(
        parsing bytes: [UInt8], limits: Range<Int>, rowCount: Int
    ) throws(ParquetProblem) -> [ColumnChunkLayout.Run] {
        var locations: [Location] = []
        var reader = ThriftCompactReader(bytes, name: "index of pages")
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            if field.id == 1 { locations = try reader.readList(field, of: .structure, location) }
        }
        var runs: [ColumnChunkLayout.Run] = []
        for (number, location) in locations.enumerated() {
            let end = number + 1 < locations.count ? locations[number + 1].firstRow : rowCount
            let isInOrder = location.firstRow <= end && location.offset >= (runs.last?.range.upperBound ?? 0)
            guard isInOrder, location.firstRow >= 0, number > 0 || location.firstRow == 0 else {
                throw reader.malformed("page \(number) is not in order")
            }
            let (upper, overflow) = location.offset.addingReportingOverflow(location.byteCount)
            guard !overflow, limits.lowerBound <= location.offset, upper <= limits.upperBound else {
                throw .outside(
                    content: "page \(number)", range: location.offset..<max(location.offset, upper), limits: limits)
            }
            runs.append(
                ColumnChunkLayout.Run(range: location.offset..<upper, rows: location.firstRow..<end, firstPage: number))
        }
        runs.removeAll(where: \.rows.isEmpty)
        guard !runs.isEmpty || rowCount == 0 else { throw reader.malformed("it has no pages") }
        return runs
    }

    private static func location(_ reader: inout ThriftCompactReader) throws(ParquetProblem) -> Location {
        var location = Location()
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 1: location.offset = try reader.count(field)
            case 2: location.byteCount = try reader.count(field)
            case 3: location.firstRow = try reader.count(field)
            default: break
            }
        }
        return location
    }
}
