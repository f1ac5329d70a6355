import CKernels

/// Converts `Float` to elements of a type as they are stored: rounded to nearest, ties to even.
///
/// What is too large becomes infinite, or not a number in `float8e4m3`, which has no infinity. What is not a number
/// stays so.
public struct ElementEncoder: Sendable {
    /// The type of the stored elements.
    public let dtype: DType
    private let form: Form

    private enum Form {
        case kernel(ckernels_element)
        case float8(Float8Format)
    }

    /// An encoder of a type.
    ///
    /// - Returns: Nil for all but `float16`, `bfloat16`, `float32`, `float64`, `float8e4m3` and `float8e5m2`.
    public init?(_ dtype: DType) {
        self.dtype = dtype
        switch dtype {
        case .float8e4m3: form = .float8(.e4m3)
        case .float8e5m2: form = .float8(.e5m2)
        default:
            guard let element = dtype.kernelElement else { return nil }
            form = .kernel(element)
        }
    }

    /// Converts numbers.
    ///
    /// - Parameters:
    ///   - values: The numbers.
    ///   - bytes: Room for exactly as many elements; at any address. Overlaps the values nowhere.
    public func encode(_ values: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer) {
        precondition(dtype.byteCount(elements: values.count) == bytes.count, "There must be as many elements as values")
        switch form {
        case .kernel(let element): Kernels.best.pointee.encode(element, values.address, bytes.address, values.count)
        case .float8(let format): for i in values.indices { bytes[i] = format.code(nearest: values[i]) }
        }
    }
}
