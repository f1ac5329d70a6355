import JSON
import OrderedCollections
import Tensors

extension SafetensorsHeader {
    /// The length of the header, from the first bytes of a file.
    ///
    /// - Parameters:
    ///   - bytes: The first eight bytes, or all that the file has.
    ///   - fileByteCount: The length of the file.
    /// - Returns: The number of bytes from the ninth on.
    /// - Throws: `SafetensorsProblem` if the file cannot have such a header.
    static func byteCount(from bytes: [UInt8], fileByteCount: Int) throws(SafetensorsProblem) -> Int {
        guard bytes.count >= lengthByteCount else { throw .noHeaderLength(fileByteCount: fileByteCount) }
        let length = bytes[..<lengthByteCount].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= byteCountLimit else { throw .headerTooLong(byteCount: length, limit: byteCountLimit) }
        let available = fileByteCount - lengthByteCount
        guard length <= available else { throw .headerCutOff(byteCount: Int(length), available: available) }
        return Int(length)
    }

    /// Reads a header, and makes sure that its tensors fill the data exactly.
    ///
    /// Fields of a tensor's entry that the format does not have are passed over, as the reference implementation does.
    ///
    /// - Parameters:
    ///   - bytes: The JSON.
    ///   - dataByteCount: The bytes that follow the header in the file.
    /// - Throws: `SafetensorsProblem` with what is wrong.
    public init(parsing bytes: [UInt8], dataByteCount: Int) throws(SafetensorsProblem) {
        if let first = bytes.first, first != UInt8(ascii: "{") { throw .headerStart(first) }
        let written: WrittenHeader
        do throws(JSONError) { written = try WrittenHeader(bytes) } catch { throw .headerSyntax(error) }
        metadata = written.metadata
        tensors = try Self.ordered(written.tensors)
        try checkData(dataByteCount)
    }

    /// The tensors in the order of their data.
    private static func ordered(
        _ written: [WrittenHeader.Tensor]
    ) throws(SafetensorsProblem) -> OrderedDictionary<String, Entry> {
        var tensors: OrderedDictionary<String, Entry> = [:]
        tensors.reserveCapacity(written.count)
        var isOrdered = true
        var last = 0..<0
        for tensor in written {
            let entry = try tensor.checked()
            isOrdered = isOrdered && !Self.precedes(entry.range, last)
            last = entry.range
            guard tensors.updateValue(entry, forKey: tensor.name) == nil else { throw .duplicateTensor(tensor.name) }
        }
        // Files of older writers are ordered by name, or not at all.
        if !isOrdered { tensors.sort { precedes($0.value.range, $1.value.range) } }
        return tensors
    }

    private static func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        (left.lowerBound, left.upperBound) < (right.lowerBound, right.upperBound)
    }

    private func checkData(_ byteCount: Int) throws(SafetensorsProblem) {
        var end = 0
        for (name, entry) in tensors {
            let begin = entry.range.lowerBound
            guard begin >= end else { throw .overlap(tensor: name, begin: begin, previousEnd: end) }
            guard begin == end else { throw .gap(tensor: name, begin: begin, previousEnd: end) }
            end = entry.range.upperBound
        }
        guard end <= byteCount else { throw .dataCutOff(expected: end, found: byteCount) }
        guard end == byteCount else { throw .trailingBytes(byteCount - end) }
    }
}

/// A header as it stands in the file: right as JSON, and nothing else known about it.
private struct WrittenHeader {
    struct Tensor {
        let name: String
        var dtype: String?
        var dimensions: [Int]?
        var offsets: (begin: Int, end: Int)?
    }

    private(set) var metadata: OrderedDictionary<String, String>?
    private(set) var tensors: [Tensor] = []

    init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            if name != SafetensorsHeader.metadataKey {
                tensors.append(try Tensor(name: name, &reader))
            } else if metadata != nil {
                throw reader.failure("'\(name)' stands twice", at: reader.keyPosition)
            } else if !reader.takesNull() {
                metadata = try Self.metadata(&reader)
            }
        }
        try reader.finish()
    }

    private static func metadata(_ reader: inout JSONReader) throws(JSONError) -> OrderedDictionary<String, String> {
        var metadata: OrderedDictionary<String, String> = [:]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let position = reader.keyPosition
            guard metadata.updateValue(try reader.readString(), forKey: key) == nil else {
                throw reader.failure("this key stands twice", at: position)
            }
        }
        return metadata
    }
}

extension WrittenHeader.Tensor {
    init(name: String, _ reader: inout JSONReader) throws(JSONError) {
        self.name = name
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let position = reader.keyPosition
            let isNew: Bool
            switch key {
            case "dtype":
                isNew = dtype == nil
                dtype = try reader.readString()
            case "shape":
                isNew = dimensions == nil
                dimensions = try Self.sizes(&reader)
            case "data_offsets":
                isNew = offsets == nil
                offsets = try Self.offsets(&reader)
            default:
                isNew = true
                _ = try reader.readValue()
            }
            guard isNew else { throw reader.failure("'\(key)' stands twice", at: position) }
        }
    }

    private static func offsets(_ reader: inout JSONReader) throws(JSONError) -> (begin: Int, end: Int) {
        let position = reader.position
        try reader.beginArray()
        if try reader.nextItem() {
            let begin = try reader.readSize()
            if try reader.nextItem() {
                let end = try reader.readSize()
                if try !reader.nextItem() { return (begin, end) }
            }
        }
        throw reader.failure("expected two offsets", at: position)
    }

    private static func sizes(_ reader: inout JSONReader) throws(JSONError) -> [Int] {
        var sizes: [Int] = []
        sizes.reserveCapacity(4)
        try reader.beginArray()
        while try reader.nextItem() { sizes.append(try reader.readSize()) }
        return sizes
    }

    /// The entry, if type, shape and offsets fit each other.
    func checked() throws(SafetensorsProblem) -> SafetensorsHeader.Entry {
        guard let dtype else { throw .missingField("dtype", tensor: name) }
        guard let dimensions else { throw .missingField("shape", tensor: name) }
        guard let offsets else { throw .missingField("data_offsets", tensor: name) }
        guard let type = DType(rawValue: dtype) else { throw .unknownDType(dtype, tensor: name) }
        guard offsets.begin <= offsets.end else {
            throw .reversedOffsets(begin: offsets.begin, end: offsets.end, tensor: name)
        }
        guard let shape = Shape(checking: dimensions) else { throw .shapeTooLarge(dimensions, tensor: name) }
        let description = TensorDescription(name: name, dtype: type, shape: shape)
        let expected = try SafetensorsHeader.byteCount(of: description)
        let found = offsets.end - offsets.begin
        guard expected == found else { throw .wrongByteCount(expected: expected, found: found, tensor: name) }
        return SafetensorsHeader.Entry(dtype: type, shape: shape, range: offsets.begin..<offsets.end)
    }
}
