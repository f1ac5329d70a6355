import JSON
public import OrderedCollections
import Tensors

extension SafetensorsHeader {
    /// Lays tensors out in a new file, as the reference implementation does.
    ///
    /// Those of wide types come first, so that all are aligned; among equal types they are ordered by the bytes of their
    /// names.
    ///
    /// - Parameters:
    ///   - descriptions: The tensors, in any order.
    ///   - metadata: Texts to be carried beside them; nil to leave no place for any.
    /// - Throws: `SafetensorsProblem` if the format has no room for them.
    public init(
        layingOut descriptions: some Sequence<TensorDescription>, metadata: OrderedDictionary<String, String>?
    ) throws(SafetensorsProblem) {
        let ordered = descriptions.sorted { left, right in
            left.dtype == right.dtype
                ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
                : left.dtype.safetensorsRank > right.dtype.safetensorsRank
        }
        var tensors: OrderedDictionary<String, Entry> = [:]
        tensors.reserveCapacity(ordered.count)
        var end = 0
        for tensor in ordered {
            guard tensor.name != Self.metadataKey else { throw .reservedName(tensor.name) }
            let begin = end
            let (sum, overflow) = begin.addingReportingOverflow(try Self.byteCount(of: tensor))
            guard !overflow else { throw .shapeTooLarge(tensor.shape.dimensions, tensor: tensor.name) }
            end = sum
            let entry = Entry(dtype: tensor.dtype, shape: tensor.shape, range: begin..<end)
            guard tensors.updateValue(entry, forKey: tensor.name) == nil else { throw .duplicateTensor(tensor.name) }
        }
        self.init(tensors: tensors, metadata: metadata)
    }

    /// The bytes before the data: the length of the header, and the header, filled up with blanks to whole eight bytes.
    ///
    /// They are those of the reference implementation, except that it writes several texts of metadata in an order that
    /// changes from run to run, while here they keep theirs.
    ///
    /// - Throws: `SafetensorsProblem.headerTooLong`.
    func encoded(limit: Int = byteCountLimit) throws(SafetensorsProblem) -> [UInt8] {
        var object: OrderedDictionary<String, JSONValue> = [:]
        if let metadata { object[Self.metadataKey] = .object(metadata.mapValues { .string($0) }) }
        for (name, entry) in tensors {
            object[name] = [
                "dtype": .string(entry.dtype.rawValue),
                "shape": .array(entry.shape.dimensions.map { .integer($0) }),
                "data_offsets": [.integer(entry.range.lowerBound), .integer(entry.range.upperBound)],
            ]
        }
        var json = Array(JSONValue.object(object).compactText.utf8)
        let padding = (Self.lengthByteCount - json.count % Self.lengthByteCount) % Self.lengthByteCount
        json += repeatElement(UInt8(ascii: " "), count: padding)
        guard json.count <= limit else { throw .headerTooLong(byteCount: UInt64(json.count), limit: limit) }
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }
}

extension DType {
    /// The place of a type in the order of alignment by which the reference implementation lays tensors out.
    fileprivate var safetensorsRank: Int {
        switch self {
        case .bool: 0
        case .float4: 1
        case .float6e2m3: 2
        case .float6e3m2: 3
        case .uint8: 4
        case .int8: 5
        case .float8e5m2: 6
        case .float8e4m3: 7
        case .float8e8m0: 8
        case .float8e4m3fnuz: 9
        case .float8e5m2fnuz: 10
        case .int16: 11
        case .uint16: 12
        case .float16: 13
        case .bfloat16: 14
        case .int32: 15
        case .uint32: 16
        case .float32: 17
        case .complex64: 18
        case .float64: 19
        case .int64: 20
        case .uint64: 21
        }
    }
}
