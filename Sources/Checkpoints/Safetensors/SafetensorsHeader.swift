public import OrderedCollections
public import Tensors

/// What stands before the data in a safetensors file: which tensors there are, and where.
///
/// The format: <https://github.com/huggingface/safetensors#format>. Eight bytes hold the length N of the header, little
/// endian; N bytes of JSON follow, then the data of the tensors, without gaps. Offsets count from where the data begin.
public struct SafetensorsHeader: Sendable, Equatable {
    /// A tensor of the file.
    public struct Entry: Sendable, Equatable {
        /// The type of the elements.
        public let dtype: DType
        /// The sizes along the dimensions.
        public let shape: Shape
        /// Where the elements lie, in bytes from where the data begin.
        public let range: Range<Int>
    }

    /// The tensors by name, in the order of their data.
    public let tensors: OrderedDictionary<String, Entry>
    /// Texts that the file carries beside its tensors; nil if it has no place for them.
    public let metadata: OrderedDictionary<String, String>?

    init(tensors: OrderedDictionary<String, Entry>, metadata: OrderedDictionary<String, String>?) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The bytes of the data of all tensors.
    public var dataByteCount: Int { tensors.values.last?.range.upperBound ?? 0 }

    /// The key under which the texts stand.
    static let metadataKey = "__metadata__"
    /// The bytes of the field with the header's length.
    static let lengthByteCount = 8
    /// The longest header that the format allows, in bytes.
    public static let byteCountLimit = 100_000_000

    /// The bytes of a tensor's data.
    ///
    /// - Throws: `SafetensorsProblem` if they do not fill whole bytes, or are too many for 64 bits.
    static func byteCount(of tensor: TensorDescription) throws(SafetensorsProblem) -> Int {
        if let count = tensor.byteCount { return count }
        guard tensor.shape.elementCount.multipliedReportingOverflow(by: tensor.dtype.bitCount).overflow else {
            throw .partialByte(tensor.dtype, shape: tensor.shape, tensor: tensor.name)
        }
        throw .shapeTooLarge(tensor.shape.dimensions, tensor: tensor.name)
    }
}
