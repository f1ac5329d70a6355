import OrderedCollections

/// What the footer of a Parquet file says.
///
/// See <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>.
struct ParquetMetadata: Sendable {
    /// Rows that lie together in the file.
    struct RowGroup: Sendable {
        /// The number of its first row in the file.
        var firstRow = 0
        var rowCount = 0
        /// One for each leaf of the schema.
        var columns: [ColumnChunk] = []
    }

    /// The values of one leaf of the schema in a row group.
    struct ColumnChunk: Sendable {
        var physicalType: Int?
        var codec = 0
        /// Values and nulls, and a place for each empty list.
        var valueCount = 0
        /// All pages with their headers.
        var compressedByteCount = 0
        var dataPageOffset = 0
        var dictionaryPageOffset: Int?
        /// Where the places of the pages are written down; in bytes from the file's start.
        var offsetIndex: (offset: Int, byteCount: Int)?
        var isEncrypted = false
        /// The file in which the pages are, if it is another one.
        var otherFile: String?

        /// Where the pages are in the file.
        var range: Range<Int>? {
            // Some writers give 0 for no dictionary.
            let start = min(dataPageOffset, dictionaryPageOffset.flatMap { $0 > 0 ? $0 : nil } ?? .max)
            let (end, overflow) = start.addingReportingOverflow(compressedByteCount)
            return overflow ? nil : start..<end
        }
    }

    /// The schema as the file lists it, depth first.
    private(set) var elements: [ParquetSchemaElement] = []
    private(set) var rowCount = 0
    private(set) var rowGroups: [RowGroup] = []
    /// What the writer added.
    private(set) var keyValues: OrderedDictionary<String, String> = [:]

    /// Reads the content of a footer.
    ///
    /// - Throws: `ParquetProblem` if it is malformed, or its numbers of rows do not agree.
    init(parsing bytes: [UInt8]) throws(ParquetProblem) {
        var reader = ThriftCompactReader(bytes, name: "footer")
        var isEncrypted = false
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 2: elements = try reader.readList(field, of: .structure, ParquetSchemaElement.init)
            case 3: rowCount = try reader.count(field)
            case 4: rowGroups = try reader.readList(field, of: .structure, RowGroup.init)
            case 5:
                for (key, value) in try reader.readList(field, of: .structure, Self.keyValue) { keyValues[key] = value }
            case 8: isEncrypted = true
            default: break
            }
        }
        if isEncrypted { throw .encrypted }
        var row = 0
        for index in rowGroups.indices {
            rowGroups[index].firstRow = row
            let (sum, overflow) = row.addingReportingOverflow(rowGroups[index].rowCount)
            guard !overflow else { throw reader.malformed("the row groups have too many rows") }
            row = sum
        }
        guard row == rowCount else {
            throw .mismatch(content: "the rows of all row groups", expected: rowCount, found: row)
        }
    }

    private static func keyValue(
        _ reader: inout ThriftCompactReader
    ) throws(ParquetProblem) -> (key: String, value: String) {
        var result = (key: "", value: "")
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 1: result.key = try reader.string(field)
            case 2: result.value = try reader.string(field)
            default: break
            }
        }
        return result
    }
}

extension ParquetMetadata.RowGroup {
    fileprivate init(_ reader: inout ThriftCompactReader) throws(ParquetProblem) {
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 1: columns = try reader.readList(field, of: .structure, ParquetMetadata.ColumnChunk.init)
            case 3: rowCount = try reader.count(field)
            default: break
            }
        }
    }
}

extension ParquetMetadata.ColumnChunk {
    fileprivate init(_ reader: inout ThriftCompactReader) throws(ParquetProblem) {
        var indexOffset: Int?
        var indexByteCount: Int?
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 1: otherFile = try reader.string(field)
            case 3: try readMetadata(&reader, field)
            case 4: indexOffset = try reader.count(field)
            case 5: indexByteCount = try reader.count(field)
            case 8, 9: isEncrypted = true
            default: break
            }
        }
        if let indexOffset, let indexByteCount, indexByteCount > 0 { offsetIndex = (indexOffset, indexByteCount) }
    }

    private mutating func readMetadata(
        _ reader: inout ThriftCompactReader, _ field: ThriftCompactReader.Field
    ) throws(ParquetProblem) {
        try reader.structure(field) { (reader) throws(ParquetProblem) in
            try reader.readFields { (reader, field) throws(ParquetProblem) in
                switch field.id {
                case 1: physicalType = try reader.integer(field)
                case 4: codec = try reader.integer(field)
                case 5: valueCount = try reader.count(field)
                case 7: compressedByteCount = try reader.count(field)
                case 9: dataPageOffset = try reader.count(field)
                case 11: dictionaryPageOffset = try reader.count(field)
                default: break
                }
            }
        }
    }
}
