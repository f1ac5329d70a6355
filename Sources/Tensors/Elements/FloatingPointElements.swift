import CKernels

/// Elements of a floating-point type as they are stored, somewhere in memory.
///
/// This is a view: the memory must live as long, and nothing may write to it meanwhile. It may lie at any address, so that
/// elements can be used where a mapped file has them.
public struct FloatingPointElements {
    /// `float16`, `bfloat16`, `float32` or `float64`.
    public let dtype: DType
    /// The memory.
    public let bytes: UnsafeRawBufferPointer
    /// The number of elements.
    public let count: Int

    /// The type's name in the loops.
    let type: ckernels_element
    private let elementByteCount: Int

    /// Elements of a type, without gaps.
    ///
    /// Nil if the type is not a floating-point one that loops compute with.
    ///
    /// - Parameters:
    ///   - bytes: Whole elements.
    ///   - dtype: Their type.
    public init?(_ bytes: UnsafeRawBufferPointer, of dtype: DType) {
        guard let type = dtype.kernelElement, let size = dtype.byteCount else { return nil }
        precondition(bytes.count % size == 0, "The buffer must hold whole elements")
        self.dtype = dtype
        self.bytes = bytes
        self.type = type
        elementByteCount = size
        count = bytes.count / size
    }

    /// Elements that are `Float` already.
    public init(_ values: UnsafeBufferPointer<Float>) {
        dtype = .float32
        bytes = UnsafeRawBufferPointer(values)
        type = CKERNELS_FLOAT32
        elementByteCount = MemoryLayout<Float>.size
        count = values.count
    }

    private init(_ bytes: UnsafeRawBufferPointer, partOf whole: FloatingPointElements) {
        self.bytes = bytes
        dtype = whole.dtype
        type = whole.type
        elementByteCount = whole.elementByteCount
        count = bytes.count / elementByteCount
    }

    /// Some of the elements.
    public subscript(range: Range<Int>) -> FloatingPointElements {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "The range must lie in the elements")
        let byteRange = range.lowerBound * elementByteCount..<range.upperBound * elementByteCount
        return FloatingPointElements(UnsafeRawBufferPointer(rebasing: bytes[byteRange]), partOf: self)
    }

    /// The same memory as numbers, if it is `float32` at an address for numbers.
    public var floats: UnsafeBufferPointer<Float>? {
        guard dtype == .float32, UInt(bitPattern: bytes.baseAddress) % UInt(MemoryLayout<Float>.alignment) == 0 else {
            return nil
        }
        return bytes.assumingMemoryBound(to: Float.self)
    }

    /// The index of the first element that is infinite or not a number; nil if all are finite.
    ///
    /// Looks at the bits of exponents only, as fast as memory is read.
    public var firstNonFinite: Int? {
        let index = Kernels.best.pointee.first_non_finite(type, bytes.address, count)
        return index < count ? index : nil
    }
}

extension DType {
    /// The type's name in the loops; nil if they do not compute with it.
    var kernelElement: ckernels_element? {
        switch self {
        case .float16: CKERNELS_FLOAT16
        case .bfloat16: CKERNELS_BFLOAT16
        case .float32: CKERNELS_FLOAT32
        case .float64: CKERNELS_FLOAT64
        default: nil
        }
    }
}
