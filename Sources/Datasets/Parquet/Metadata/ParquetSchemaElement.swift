/// An entry of the list in which a footer describes the schema.
struct ParquetSchemaElement: Sendable {
    /// Nil for groups.
    var type: Int?
    /// The bytes of a value of fixed length.
    var typeLength = 0
    /// Nil for the root.
    var repetition: Int?
    var name = ""
    /// How many of the entries that follow are directly below this one.
    var childCount = 0
    var logicalType: ParquetLogicalType?

    /// Reads an entry.
    init(_ reader: inout ThriftCompactReader) throws(ParquetProblem) {
        var convertedType: Int?
        var (precision, scale) = (0, 0)
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            switch field.id {
            case 1: type = try reader.integer(field)
            case 2: typeLength = try reader.count(field)
            case 3: repetition = try reader.integer(field)
            case 4: name = try reader.string(field)
            case 5: childCount = try reader.count(field)
            case 6: convertedType = try reader.integer(field)
            case 7: scale = try reader.integer(field)
            case 8: precision = try reader.integer(field)
            case 10:
                logicalType = try reader.structure(field) { (reader) throws(ParquetProblem) in
                    try ParquetLogicalType(&reader)
                }
            default: break
            }
        }
        if logicalType == nil, let convertedType {
            logicalType = ParquetLogicalType(convertedType: convertedType, precision: precision, scale: scale)
        }
    }
}

extension ParquetLogicalType {
    /// Reads the union of all logical types; nil if it holds none.
    fileprivate init?(_ reader: inout ThriftCompactReader) throws(ParquetProblem) {
        var result: ParquetLogicalType?
        try reader.readFields { (reader, field) throws(ParquetProblem) in
            result =
                switch field.id {
                case 1, 4, 12: .string
                case 2: .map
                case 3: .list
                case 5: try Self.decimal(&reader, field)
                case 6: .date
                case 7, 8: try Self.time(&reader, field)
                case 10: try Self.integer(&reader, field)
                case 11: .null
                case 13, 14: .bytes
                case 15: .float16
                default: .unknown(field.id)
                }
        }
        guard let result else { return nil }
        self = result
    }

    private static func decimal(
        _ reader: inout ThriftCompactReader, _ field: ThriftCompactReader.Field
    ) throws(ParquetProblem) -> ParquetLogicalType {
        var (precision, scale) = (0, 0)
        try reader.structure(field) { (reader) throws(ParquetProblem) in
            try reader.readFields { (reader, field) throws(ParquetProblem) in
                switch field.id {
                case 1: scale = try reader.integer(field)
                case 2: precision = try reader.integer(field)
                default: break
                }
            }
        }
        return .decimal(precision: precision, scale: scale)
    }

    private static func integer(
        _ reader: inout ThriftCompactReader, _ field: ThriftCompactReader.Field
    ) throws(ParquetProblem) -> ParquetLogicalType {
        var (bitWidth, isSigned) = (64, true)
        try reader.structure(field) { (reader) throws(ParquetProblem) in
            try reader.readFields { (reader, field) throws(ParquetProblem) in
                switch field.id {
                case 1: bitWidth = try reader.integer(field)
                case 2: isSigned = try reader.boolean(field)
                default: break
                }
            }
        }
        return .integer(bitWidth: bitWidth, isSigned: isSigned)
    }

    private static func time(
        _ reader: inout ThriftCompactReader, _ field: ThriftCompactReader.Field
    ) throws(ParquetProblem) -> ParquetLogicalType {
        var (isUTC, unit) = (false, ParquetTimeUnit.milliseconds)
        try reader.structure(field) { (reader) throws(ParquetProblem) in
            try reader.readFields { (reader, field) throws(ParquetProblem) in
                if field.id == 1 { isUTC = try reader.boolean(field) }
                guard field.id == 2 else { return }
                // A union of empty structures.
                unit = try reader.structure(field) { (reader) throws(ParquetProblem) in
                    var unit = ParquetTimeUnit.milliseconds
                    try reader.readFields { (_, field) throws(ParquetProblem) in
                        unit = [2: .microseconds, 3: .nanoseconds][field.id] ?? .milliseconds
                    }
                    return unit
                }
            }
        }
        return field.id == 7 ? .time(unit) : .timestamp(unit, isUTC: isUTC)
    }
}
