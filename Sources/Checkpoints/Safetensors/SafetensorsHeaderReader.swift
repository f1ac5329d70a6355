import JSON
import OrderedCollections
import Tensors

/// Reads the JSON of a safetensors header, whose tensors may be a hundred thousand.
///
/// What is wrong in an entry is kept until the JSON is known to be right.
struct SafetensorsHeaderReader {
    /// The texts, if there is a place for them.
    private(set) var metadata: OrderedDictionary<String, String>?
    /// The tensors in the order of their data.
    private(set) var tensors: OrderedDictionary<String, SafetensorsHeader.Entry> = [:]
    /// The first thing that is wrong although the JSON is right.
    private(set) var problem: SafetensorsProblem?
    private var json: JSONReader
    private var lastDType = (name: DType.float32.rawValue, type: DType.float32)

    init(_ bytes: [UInt8]) {
        json = JSONReader(bytes)
        // An entry has at least that many bytes, and mostly not many more.
        tensors.reserveCapacity(bytes.count / 100)
    }

    /// Reads everything.
    ///
    /// - Throws: `JSONError` with the place of what is wrong.
    mutating func read() throws(JSONError) {
        var isOrdered = true
        var last = 0..<0
        try json.beginObject()
        while let name = try json.nextKey() {
            if name == SafetensorsHeader.metadataKey {
                try readMetadata()
            } else if let entry = try readEntry(of: name) {
                isOrdered = isOrdered && !Self.precedes(entry.range, last)
                last = entry.range
                if tensors.updateValue(entry, forKey: name) != nil { note(.duplicateTensor(name)) }
            }
        }
        try json.finish()
        // Files of older writers are ordered by name, or not at all.
        if !isOrdered { tensors.sort { Self.precedes($0.value.range, $1.value.range) } }
    }

    private static func precedes(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        (left.lowerBound, left.upperBound) < (right.lowerBound, right.upperBound)
    }

    private mutating func note(_ problem: SafetensorsProblem) { self.problem = self.problem ?? problem }

    private mutating func readMetadata() throws(JSONError) {
        guard metadata == nil else {
            throw json.failure("'\(SafetensorsHeader.metadataKey)' stands twice", at: json.keyPosition)
        }
        if json.takesNull() { return }
        var texts: OrderedDictionary<String, String> = [:]
        try json.beginObject()
        while let key = try json.nextKey() {
            let position = json.keyPosition
            guard texts.updateValue(try json.readString(), forKey: key) == nil else {
                throw json.failure("this key stands twice", at: position)
            }
        }
        metadata = texts
    }

    /// Reads the entry of a tensor.
    ///
    /// - Returns: Nil if something is wrong with it, which is noted.
    private mutating func readEntry(of name: String) throws(JSONError) -> SafetensorsHeader.Entry? {
        var dtype: String?
        var dimensions: [Int]?
        var offsets: (begin: Int, end: Int)?
        try json.beginObject()
        while let key = try json.nextKey() {
            let position = json.keyPosition
            let isNew: Bool
            switch key {
            case "dtype":
                isNew = dtype == nil
                dtype = try json.readString()
            case "shape":
                isNew = dimensions == nil
                dimensions = try readSizes()
            case "data_offsets":
                isNew = offsets == nil
                offsets = try readOffsets()
            default:
                isNew = true
                _ = try json.readValue()
            }
            guard isNew else { throw json.failure("'\(key)' stands twice", at: position) }
        }
        // Most tensors are of the same type as the one before.
        if let dtype, dtype != lastDType.name, let type = DType(rawValue: dtype) { lastDType = (dtype, type) }
        do throws(SafetensorsProblem) {
            let type = lastDType.name == dtype ? lastDType.type : nil
            return try SafetensorsHeader.Entry(checking: name, dtype, type, dimensions, offsets)
        } catch {
            note(error)
            return nil
        }
    }

    private mutating func readOffsets() throws(JSONError) -> (begin: Int, end: Int) {
        let position = json.position
        try json.beginArray()
        if try json.nextItem() {
            let begin = try json.readSize()
            if try json.nextItem() {
                let end = try json.readSize()
                if try !json.nextItem() { return (begin, end) }
            }
        }
        throw json.failure("expected two offsets", at: position)
    }

    private mutating func readSizes() throws(JSONError) -> [Int] {
        var sizes: [Int] = []
        sizes.reserveCapacity(4)
        try json.beginArray()
        while try json.nextItem() { sizes.append(try json.readSize()) }
        return sizes
    }
}

extension SafetensorsHeader.Entry {
    /// The entry of a tensor, if nothing is missing, and type, shape and offsets fit each other.
    ///
    /// - Throws: `SafetensorsProblem` with what is wrong.
    fileprivate init(
        checking name: String, _ dtype: String?, _ type: DType?, _ dimensions: [Int]?,
        _ offsets: (begin: Int, end: Int)?
    ) throws(SafetensorsProblem) {
        guard let dtype else { throw .missingField("dtype", tensor: name) }
        guard let dimensions else { throw .missingField("shape", tensor: name) }
        guard let offsets else { throw .missingField("data_offsets", tensor: name) }
        guard let type else { throw .unknownDType(dtype, tensor: name) }
        guard offsets.begin <= offsets.end else {
            throw .reversedOffsets(begin: offsets.begin, end: offsets.end, tensor: name)
        }
        guard let shape = Shape(checking: dimensions) else { throw .shapeTooLarge(dimensions, tensor: name) }
        let expected = try SafetensorsHeader.byteCount(of: TensorDescription(name: name, dtype: type, shape: shape))
        let found = offsets.end - offsets.begin
        guard expected == found else { throw .wrongByteCount(expected: expected, found: found, tensor: name) }
        self.init(dtype: type, shape: shape, range: offsets.begin..<offsets.end)
    }
}
