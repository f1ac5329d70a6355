/// How the values of a column are stored.
enum ParquetPhysicalType: Int, Sendable {
    case boolean = 0
    case int32 = 1
    case int64 = 2
    case int96 = 3
    case float = 4
    case double = 5
    case byteArray = 6
    case fixedLengthByteArray = 7

    /// As the format's specification writes it.
    var name: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .int32: "INT32"
        case .int64: "INT64"
        case .int96: "INT96"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .byteArray: "BYTE_ARRAY"
        case .fixedLengthByteArray: "FIXED_LEN_BYTE_ARRAY"
        }
    }

    /// The bytes of a value; nil where they vary.
    var byteCount: Int? {
        switch self {
        case .int32, .float: 4
        case .int64, .double: 8
        case .int96: 12
        case .boolean, .byteArray, .fixedLengthByteArray: nil
        }
    }
}

/// Whether a field must be there, and how often.
enum ParquetRepetition: Int, Sendable {
    case required = 0
    case optional = 1
    case repeated = 2
}

/// A unit of time.
enum ParquetTimeUnit: String, Sendable {
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"
}

/// What the values of a column mean.
enum ParquetLogicalType: Equatable, Sendable {
    case string
    case list
    case map
    case integer(bitWidth: Int, isSigned: Bool)
    case decimal(precision: Int, scale: Int)
    case date
    case time(ParquetTimeUnit)
    case timestamp(ParquetTimeUnit, isUTC: Bool)
    case null
    case float16
    /// Bytes that mean something to others: UUID, BSON, intervals.
    case bytes
    /// A type that came after this reader.
    case unknown(Int)

    /// The type in the older form, which a file may give alone.
    init?(convertedType: Int, precision: Int, scale: Int) {
        switch convertedType {
        case 0, 4, 19: self = .string
        case 1, 2: self = .map
        case 3: self = .list
        case 5: self = .decimal(precision: precision, scale: scale)
        case 6: self = .date
        case 7: self = .time(.milliseconds)
        case 8: self = .time(.microseconds)
        case 9: self = .timestamp(.milliseconds, isUTC: true)
        case 10: self = .timestamp(.microseconds, isUTC: true)
        case 11...14: self = .integer(bitWidth: 8 << (convertedType - 11), isSigned: false)
        case 15...18: self = .integer(bitWidth: 8 << (convertedType - 15), isSigned: true)
        case 20, 21: self = .bytes
        default: return nil
        }
    }
}

/// How the pages of a column are compressed.
enum ParquetCodec: Int, Sendable, CaseIterable {
    case uncompressed = 0
    case snappy = 1
    case gzip = 2
    case lzo = 3
    case brotli = 4
    case lz4 = 5
    case zstd = 6
    case lz4Raw = 7

    /// As the format's specification writes it.
    var name: String {
        switch self {
        case .uncompressed: "UNCOMPRESSED"
        case .snappy: "SNAPPY"
        case .gzip: "GZIP"
        case .lzo: "LZO"
        case .brotli: "BROTLI"
        case .lz4: "LZ4"
        case .zstd: "ZSTD"
        case .lz4Raw: "LZ4_RAW"
        }
    }

    static let supportedNames = [uncompressed, snappy, gzip, zstd].map(\.name)
}

/// How values are turned into bytes.
enum ParquetEncoding: Int, Sendable {
    case plain = 0
    case plainDictionary = 2
    case runLength = 3
    case bitPacked = 4
    case deltaBinaryPacked = 5
    case deltaLengthByteArray = 6
    case deltaByteArray = 7
    case runLengthDictionary = 8
    case byteStreamSplit = 9

    /// As the format's specification writes it.
    var name: String {
        switch self {
        case .plain: "PLAIN"
        case .plainDictionary: "PLAIN_DICTIONARY"
        case .runLength: "RLE"
        case .bitPacked: "BIT_PACKED"
        case .deltaBinaryPacked: "DELTA_BINARY_PACKED"
        case .deltaLengthByteArray: "DELTA_LENGTH_BYTE_ARRAY"
        case .deltaByteArray: "DELTA_BYTE_ARRAY"
        case .runLengthDictionary: "RLE_DICTIONARY"
        case .byteStreamSplit: "BYTE_STREAM_SPLIT"
        }
    }
}
