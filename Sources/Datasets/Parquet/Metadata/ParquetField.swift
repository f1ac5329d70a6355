/// A field of the schema, with what it takes to put its values together again.
///
/// Levels are those of the Dremel encoding: the definition level counts how many of the optional and repeated fields on the
/// way down are there, the repetition level which of the repeated fields goes on. Melnik et al.: "Dremel: Interactive
/// Analysis of Web-Scale Datasets" (2010); <https://parquet.apache.org/docs/file-format/nestedencoding/>.
struct ParquetField: Sendable {
    /// What a field holds.
    indirect enum Content: Sendable {
        case leaf(ParquetLeaf)
        case structure([ParquetField])
        /// Elements that are there from `elementLevel` on, each of which begins at a repetition level of at most
        /// `repetitionLevel`.
        case list(element: ParquetField, elementLevel: Int, repetitionLevel: Int)
    }

    let name: String
    let content: Content
    /// The definition level from which on the field is there; below, it is null.
    let presenceLevel: Int
    /// The leaves at and below it, in the order of the schema.
    let leaves: Range<Int>

    /// The content in words, for messages.
    var typeDescription: String {
        switch content {
        case .leaf(let leaf): leaf.valueType
        case .structure(let fields):
            "{\(fields.map { "\($0.name): \($0.typeDescription)" }.joined(separator: ", "))}"
        case .list(let element, _, _): "list of \(element.typeDescription)"
        }
    }
}

/// A field that has values of its own: a column as it is stored.
struct ParquetLeaf: Sendable {
    /// Its number among all leaves.
    let number: Int
    /// The names of the fields that lead to it.
    let path: [String]
    let physicalType: ParquetPhysicalType
    /// The bytes of a value of fixed length.
    let typeLength: Int
    let logicalType: ParquetLogicalType?
    /// The definition level of values that are not null.
    let definitionLevel: Int
    /// How many repeated fields there are on the way down.
    let repetitionLevel: Int

    /// The names of the path, joined by dots.
    var name: String { path.joined(separator: ".") }

    /// The type as Hugging Face's features name it: `int64`, `string`, `timestamp[us]`.
    var valueType: String {
        switch logicalType {
        case .string: return "string"
        case .integer(let bitWidth, let isSigned): return "\(isSigned ? "" : "u")int\(bitWidth)"
        case .decimal(let precision, let scale): return "decimal128(\(precision), \(scale))"
        case .date: return "date32"
        case .time(let unit): return unit == .milliseconds ? "time32[ms]" : "time64[\(unit.rawValue)]"
        case .timestamp(let unit, let isUTC): return "timestamp[\(unit.rawValue)\(isUTC ? ", tz=UTC" : "")]"
        case .null: return "null"
        case .float16: return "float16"
        case .list, .map, .bytes, .unknown, nil: break
        }
        switch physicalType {
        case .boolean: return "bool"
        case .int32: return "int32"
        case .int64: return "int64"
        case .int96: return "timestamp[ns]"
        case .float: return "float32"
        case .double: return "float64"
        case .byteArray: return "binary"
        case .fixedLengthByteArray: return "fixed_size_binary[\(typeLength)]"
        }
    }
}
