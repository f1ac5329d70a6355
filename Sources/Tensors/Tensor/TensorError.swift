/// Why data are no tensor.
public enum TensorError: Error, Equatable, Sendable {
    /// There are more or fewer elements than the shape says.
    case elementCount(found: Int, shape: Shape)
    /// There are more or fewer bytes than type and shape say.
    case byteCount(found: Int, dtype: DType, shape: Shape)
    /// Elements of this type are not numbers that can be converted.
    case notConvertible(DType)
    /// Elements of this type share bytes.
    case notAddressable(DType)
    /// There is no memory.
    case backend(BackendError)
    /// There is no such device.
    case device(DeviceError)
    /// An index is not one of the rows; `position` is its place in the list of indices.
    case index(Int, position: Int, count: Int)
}

extension TensorError: CustomStringConvertible {
    /// What is wrong, and what was expected.
    public var description: String {
        switch self {
        case .elementCount(let found, let shape): "\(found) elements do not fill a tensor of shape \(shape)"
        case .byteCount(let found, let dtype, let shape):
            "\(found) bytes do not fill a tensor of shape \(shape) and type \(dtype.rawValue)"
        case .notConvertible(let dtype): "Elements of type \(dtype.rawValue) are no numbers that can be converted"
        case .notAddressable(let dtype): "Elements of type \(dtype.rawValue) share bytes, which tensors cannot hold"
        case .backend(let error): error.description
        case .device(let error): error.description
        case .index(let index, let position, let count):
            "Index \(index) at place \(position) is not one of \(count) rows, which count from 0"
        }
    }
}
