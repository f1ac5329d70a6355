import Diagnostics
public import JSON
public import Tensors

/// Why a file is no safetensors file, or tensors cannot be written as one.
public enum SafetensorsProblem: Error, Sendable, Equatable {
    /// The file has no room for the eight bytes that say how long the header is.
    case noHeaderLength(fileByteCount: Int)
    /// The header is longer than any header may be.
    case headerTooLong(byteCount: UInt64, limit: Int)
    /// The file ends before the header does.
    case headerCutOff(byteCount: Int, available: Int)
    /// The header does not begin with `{`.
    case headerStart(UInt8)
    /// The header is no JSON, or not the JSON that is expected.
    case headerSyntax(JSONError)
    /// Two tensors have one name.
    case duplicateTensor(String)
    /// A tensor has the name that is kept for metadata.
    case reservedName(String)
    /// The entry of a tensor lacks a field.
    case missingField(String, tensor: String)
    /// An element type that the format does not have.
    case unknownDType(String, tensor: String)
    /// The number of elements, or of their bytes, does not fit into 64 bits.
    case shapeTooLarge([Int], tensor: String)
    /// Elements of less than a byte do not fill whole bytes.
    case partialByte(DType, shape: Shape, tensor: String)
    /// The data of a tensor end before they begin.
    case reversedOffsets(begin: Int, end: Int, tensor: String)
    /// Type and shape ask for another number of bytes than there is between the offsets.
    case wrongByteCount(expected: Int, found: Int, tensor: String)
    /// The data of a tensor begin before those of another one end.
    case overlap(tensor: String, begin: Int, previousEnd: Int)
    /// No tensor uses the bytes before this one.
    case gap(tensor: String, begin: Int, previousEnd: Int)
    /// The file ends before the data of its tensors do.
    case dataCutOff(expected: Int, found: Int)
    /// Something follows after the data of the last tensor.
    case trailingBytes(Int)
}

extension SafetensorsProblem: CustomStringConvertible {
    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .noHeaderLength(let count): "this is no safetensors file: it has only \(count) bytes"
        case .headerTooLong(let count, let limit):
            "this is no safetensors file: the header would have \(count) bytes, of at most \(limit)"
        case .headerCutOff(let count, let available):
            "the file is cut off: the header has \(count) bytes, of which there are \(available)"
        case .headerStart(let byte):
            "this is no safetensors file: the header begins with byte 0x\(String(byte, radix: 16)), not with '{'"
        case .headerSyntax(let error): "the header cannot be read: \(error)"
        case .duplicateTensor(let name): "the tensor \(name.quoted()) stands twice"
        case .reservedName(let name): "no tensor can have the name \(name.quoted())"
        case .missingField(let field, let tensor): "tensor \(tensor.quoted()) has no '\(field)'"
        case .unknownDType(let name, let tensor): "tensor \(tensor.quoted()) is of the unknown type \(name.quoted())"
        case .shapeTooLarge(let dimensions, let tensor):
            "tensor \(tensor.quoted()) has the absurd shape \(dimensions.description.quoted())"
        case .partialByte(let dtype, let shape, let tensor):
            "tensor \(tensor.quoted()) of type \(dtype.rawValue) and shape \(shape) does not fill whole bytes"
        case .reversedOffsets(let begin, let end, let tensor):
            "the data of tensor \(tensor.quoted()) end at byte \(end), before they begin at \(begin)"
        case .wrongByteCount(let expected, let found, let tensor):
            "tensor \(tensor.quoted()) needs \(expected) bytes by its type and shape, and has \(found)"
        case .overlap(let tensor, let begin, let previousEnd):
            "tensor \(tensor.quoted()) begins at byte \(begin), inside another tensor that ends at \(previousEnd)"
        case .gap(let tensor, let begin, let previousEnd):
            "bytes \(previousEnd) to \(begin) before tensor \(tensor.quoted()) belong to no tensor"
        case .dataCutOff(let expected, let found):
            "the file is cut off: its tensors have \(expected) bytes, of which there are \(found)"
        case .trailingBytes(let count): "\(count) bytes after the last tensor belong to no tensor"
        }
    }
}
