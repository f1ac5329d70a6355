import JSON
import OrderedCollections
import Tensors

/// The header of a safetensors file as it is written there: right as JSON, and nothing else known about it.
struct SafetensorsHeaderText {
    /// A tensor's entry, of which any part may be missing.
    struct Tensor {
        let name: String
        var dtype: String?
        var dimensions: [Int]?
        var offsets: (begin: Int, end: Int)?
    }

    private(set) var metadata: OrderedDictionary<String, String>?
    private(set) var tensors: [Tensor] = []

    /// Reads a header.
    ///
    /// - Throws: `JSONError` with the place of what is wrong.
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

extension SafetensorsHeaderText.Tensor {
    fileprivate init(name: String, _ reader: inout JSONReader) throws(JSONError) {
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
    ///
    /// - Throws: `SafetensorsProblem` if something is missing or does not fit.
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
