/// What stands before a page in the file.
struct PageHeader: Sendable {
    /// What a page holds.
    enum Content: Sendable {
        case data(DataPage)
        case dictionary(valueCount: Int, encoding: Int)
        /// An index, or something that came after this reader: passed over.
        case other
    }

    /// A page with levels and values.
    struct DataPage: Sendable {
        /// Values, nulls, and a place for each empty list.
        var valueCount = 0
        var encoding = 0
        /// The encodings of the levels in pages of the first kind; those of the second are always run-length encoded.
        var definitionLevelEncoding = ParquetEncoding.runLength.rawValue
        var repetitionLevelEncoding = ParquetEncoding.runLength.rawValue
        /// Set in pages of the second kind.
        var second: Second?

        /// What only pages of the second kind say; lengths are in bytes.
        struct Second: Sendable {
            var rowCount = 0
            var definitionLevelByteCount = 0
            var repetitionLevelByteCount = 0
            var isCompressed = true
        }
    }

    let content: Content
    /// Both in bytes, without the header.
    let compressedByteCount: Int
    let uncompressedByteCount: Int
    /// The CRC-32 of the bytes as they are in the file.
    let checksum: UInt32?
    /// The length of the header itself, in bytes.
    let byteCount: Int

    /// A page larger than this is refused, in bytes.
    static let pageByteLimit = 1 << 30
    /// More values in a page, or in pages that must be read together, are refused.
    ///
    /// So few bytes may stand for them that memory would not be bounded by the file. Writers begin a new page long before.
    static let valueLimit = 1 << 24

    /// Reads a header.
    ///
    /// - Parameters:
    ///   - bytes: The header and perhaps more.
    ///   - start: Where it begins in the bytes.
    /// - Throws: `ParquetProblem.ended` if the header is longer than the bytes, or another one if it is malformed.
    init(parsing bytes: [UInt8], from start: Int = 0) throws(ParquetProblem) {
        var reader = ThriftCompactReader(bytes, from: start, name: Self.name)
        var (compressed, uncompressed): (Int?, Int?)
        var checksum: UInt32?
        var content = Content.other
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 2: uncompressed = try reader.count(field)
            case 3: compressed = try reader.count(field)
            case 4: checksum = UInt32(truncatingIfNeeded: try reader.integer(field))
            case 5: content = .data(try reader.structure(field, Self.first))
            case 7: content = try reader.structure(field, Self.dictionary)
            case 8: content = .data(try reader.structure(field, Self.second))
            default: break
            }
        }
        guard let compressed, let uncompressed else { throw reader.malformed("it does not say how long the page is") }
        for size in [compressed, uncompressed] where size > Self.pageByteLimit {
            throw .tooLarge(content: "the bytes of a page", size: size, limit: Self.pageByteLimit)
        }
        let valueCount =
            switch content {
            case .data(let page): page.valueCount
            case .dictionary(let count, _): count
            case .other: 0
            }
        guard valueCount <= Self.valueLimit else {
            throw .tooLarge(content: "the values of a page", size: valueCount, limit: Self.valueLimit)
        }
        self.content = content
        compressedByteCount = compressed
        uncompressedByteCount = uncompressed
        self.checksum = checksum
        byteCount = reader.position - start
    }

    /// Refuses too many values in pages that must be read together.
    ///
    /// - Throws: `ParquetProblem.tooLarge`.
    static func checkReadTogether(values: Int) throws(ParquetProblem) {
        guard values <= valueLimit else {
            throw .tooLarge(content: "the values of pages that are read together", size: values, limit: valueLimit)
        }
    }

    static let name = "header of a page"

    private static func first(_ reader: inout ThriftCompactReader) throws(ParquetProblem) -> DataPage {
        var page = DataPage()
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 1: page.valueCount = try reader.count(field)
            case 2: page.encoding = try reader.integer(field)
            case 3: page.definitionLevelEncoding = try reader.integer(field)
            case 4: page.repetitionLevelEncoding = try reader.integer(field)
            default: break
            }
        }
        return page
    }

    private static func second(_ reader: inout ThriftCompactReader) throws(ParquetProblem) -> DataPage {
        var page = DataPage()
        var second = DataPage.Second()
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 1: page.valueCount = try reader.count(field)
            case 3: second.rowCount = try reader.count(field)
            case 4: page.encoding = try reader.integer(field)
            case 5: second.definitionLevelByteCount = try reader.count(field)
            case 6: second.repetitionLevelByteCount = try reader.count(field)
            case 7: second.isCompressed = try reader.boolean(field)
            default: break
            }
        }
        page.second = second
        return page
    }

    private static func dictionary(_ reader: inout ThriftCompactReader) throws(ParquetProblem) -> Content {
        var (valueCount, encoding) = (0, 0)
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 1: valueCount = try reader.count(field)
            case 2: encoding = try reader.integer(field)
            default: break
            }
        }
        return .dictionary(valueCount: valueCount, encoding: encoding)
    }
}
