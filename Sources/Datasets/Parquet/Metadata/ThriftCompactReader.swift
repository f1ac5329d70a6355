/// Reads the structures of Parquet's metadata, which are written in Thrift's compact protocol.
///
/// Nothing is allocated that the bytes do not hold, and nothing nests deeper than `depthLimit`.
///
/// See <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.
struct ThriftCompactReader {
    /// The types of fields and elements.
    enum WireType: UInt8 {
        case yes = 1
        case no = 2
        case int8 = 3
        case int16 = 4
        case int32 = 5
        case int64 = 6
        case double = 7
        case binary = 8
        case list = 9
        case set = 10
        case map = 11
        case structure = 12
        case uuid = 13
    }

    /// A field of a structure, whose value comes next.
    struct Field {
        let id: Int
        let type: WireType
    }

    /// Parquet's own structures nest five levels; this is for those of the future, which are skipped.
    private static let depthLimit = 32

    private let bytes: [UInt8]
    /// How many bytes have been read.
    private(set) var position: Int
    /// What messages call the bytes.
    private let name: String

    init(_ bytes: [UInt8], from position: Int = 0, name: String) {
        self.bytes = bytes
        self.position = position
        self.name = name
    }

    /// The failure of this structure, for a reason.
    func malformed(_ problem: String) -> ParquetProblem { .malformed(structure: name, problem: problem) }

    private mutating func byte() throws(ParquetProblem) -> UInt8 {
        guard position < bytes.count else { throw .ended(content: name) }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func varint() throws(ParquetProblem) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw malformed("a number is longer than 64 bits")
    }

    private mutating func zigzag() throws(ParquetProblem) -> Int {
        let value = try varint()
        return Int(bitPattern: UInt(value >> 1)) ^ -Int(value & 1)
    }

    private mutating func skipBytes(_ count: Int) throws(ParquetProblem) {
        guard count <= bytes.count - position else { throw .ended(content: name) }
        position += count
    }
}

// MARK: - Structures

extension ThriftCompactReader {
    /// Reads a structure field by field; a field that is not read is passed over.
    mutating func readFields(
        _ read: (inout ThriftCompactReader, Field) throws(ParquetProblem) -> Void
    ) throws(ParquetProblem) {
        var id = 0
        while true {
            let header = try byte()
            if header == 0 { return }
            id = header >> 4 == 0 ? try zigzag() : id + Int(header >> 4)
            guard 1...Int(Int16.max) ~= id, let type = WireType(rawValue: header & 0x0F) else {
                throw malformed("there is no field \(id) of the type \(header & 0x0F)")
            }
            let start = position
            try read(&self, Field(id: id, type: type))
            // The values of these two are in the header.
            if position == start, type != .yes, type != .no { try skip(type, depth: 0) }
        }
    }

    /// Reads a list, element by element.
    mutating func readList<Element>(
        _ field: Field, of type: WireType, _ read: (inout ThriftCompactReader) throws(ParquetProblem) -> Element
    ) throws(ParquetProblem) -> [Element] {
        try expect(field, .list)
        let header = try listHeader()
        guard header.type == type || header.count == 0 else {
            throw malformed("the elements of field \(field.id) have the type \(header.type), not \(type)")
        }
        var elements: [Element] = []
        for _ in 0..<header.count { elements.append(try read(&self)) }
        return elements
    }

    private mutating func listHeader() throws(ParquetProblem) -> (type: WireType, count: Int) {
        let header = try byte()
        let long = header >> 4 == 15
        let count = long ? try varint() : UInt64(header >> 4)
        guard let type = WireType(rawValue: header & 0x0F) else { throw malformed("a list has no known type") }
        // Every element takes a byte at least.
        guard count <= UInt64(bytes.count - position) else { throw .ended(content: name) }
        return (type, Int(count))
    }

    private func expect(_ field: Field, _ type: WireType) throws(ParquetProblem) {
        guard field.type == type else { throw malformed("field \(field.id) has the type \(field.type), not \(type)") }
    }
}

// MARK: - Values

extension ThriftCompactReader {
    /// A truth value.
    func boolean(_ field: Field) throws(ParquetProblem) -> Bool {
        switch field.type {
        case .yes: true
        case .no: false
        default: throw malformed("field \(field.id) has the type \(field.type), not that of a truth value")
        }
    }

    /// A whole number of any width.
    mutating func integer(_ field: Field) throws(ParquetProblem) -> Int {
        switch field.type {
        case .int8: return Int(Int8(bitPattern: try byte()))
        case .int16, .int32, .int64: return try zigzag()
        default: throw malformed("field \(field.id) has the type \(field.type), not that of a whole number")
        }
    }

    /// A whole number from 0.
    mutating func count(_ field: Field) throws(ParquetProblem) -> Int {
        let number = try integer(field)
        guard number >= 0 else { throw malformed("field \(field.id) is \(number), which is negative") }
        return number
    }

    /// A whole number of an element of a list.
    mutating func integer() throws(ParquetProblem) -> Int { try zigzag() }

    /// A text.
    mutating func string(_ field: Field) throws(ParquetProblem) -> String {
        try expect(field, .binary)
        return try string()
    }

    /// A text that is an element of a list.
    mutating func string() throws(ParquetProblem) -> String {
        let count = try varint()
        guard count <= UInt64(bytes.count - position) else { throw .ended(content: name) }
        defer { position += Int(count) }
        guard let text = String(validating: bytes[position..<position + Int(count)], as: UTF8.self) else {
            throw malformed("a text is not UTF-8")
        }
        return text
    }

    /// A structure in a field.
    mutating func structure<Value>(
        _ field: Field, _ read: (inout ThriftCompactReader) throws(ParquetProblem) -> Value
    ) throws(ParquetProblem) -> Value {
        try expect(field, .structure)
        return try read(&self)
    }

    private mutating func skip(_ type: WireType, depth: Int) throws(ParquetProblem) {
        guard depth < Self.depthLimit else { throw malformed("it nests more than \(Self.depthLimit) levels") }
        switch type {
        // As elements, these take a byte.
        case .yes, .no, .int8: try skipBytes(1)
        case .int16, .int32, .int64: _ = try varint()
        case .double: try skipBytes(8)
        case .uuid: try skipBytes(16)
        case .binary:
            let count = try varint()
            guard count <= UInt64(bytes.count - position) else { throw .ended(content: name) }
            position += Int(count)
        case .list, .set:
            let header = try listHeader()
            for _ in 0..<header.count { try skip(header.type, depth: depth + 1) }
        case .map: try skipMap(depth: depth)
        case .structure:
            while true {
                let header = try byte()
                if header == 0 { return }
                if header >> 4 == 0 { _ = try varint() }
                guard let type = WireType(rawValue: header & 0x0F) else { throw malformed("a field has no known type") }
                if type != .yes, type != .no { try skip(type, depth: depth + 1) }
            }
        }
    }

    private mutating func skipMap(depth: Int) throws(ParquetProblem) {
        let count = try varint()
        if count == 0 { return }
        let types = try byte()
        guard let key = WireType(rawValue: types >> 4), let value = WireType(rawValue: types & 0x0F) else {
            throw malformed("a map has no known types")
        }
        guard count <= UInt64(bytes.count - position) else { throw .ended(content: name) }
        for _ in 0..<count {
            try skip(key, depth: depth + 1)
            try skip(value, depth: depth + 1)
        }
    }
}
