import CKernels

/// Converts stored elements of a type to `Float`.
///
/// | Type | Result |
/// |---|---|
/// | `float16`, `bfloat16`, `float32`, all 8-bit floating-point types | exact |
/// | `float64` | rounded to nearest, ties to even; too large becomes infinite |
/// | `bool` | 0 for a byte of 0, otherwise 1 |
/// | integers of 8 and 16 bits | exact |
/// | integers of 32 and 64 bits | exact up to 2²⁴, then rounded to nearest, ties to even |
public struct ElementDecoder: Sendable {
    /// The type of the stored elements.
    public let dtype: DType
    private let form: Form

    private enum Form {
        case kernel(ckernels_element)
        case table([Float])
        case integer(any (FixedWidthInteger & Sendable).Type)
    }

    /// A decoder of a type.
    ///
    /// - Returns: Nil for complex numbers, for elements that share bytes, and for 8-bit floats without negative zero.
    public init?(_ dtype: DType) {
        self.dtype = dtype
        switch dtype {
        case .float16, .bfloat16, .float32, .float64:
            guard let element = dtype.kernelElement else { return nil }
            form = .kernel(element)
        case .bool: form = .table((0..<256).map { $0 == 0 ? 0 : 1 })
        case .uint8: form = .table((0..<256).map { Float($0) })
        case .int8: form = .table((0..<256).map { Float(Int8(truncatingIfNeeded: $0)) })
        case .float8e4m3: form = .table(Float8Format.e4m3.allValues)
        case .float8e5m2: form = .table(Float8Format.e5m2.allValues)
        case .float8e8m0:
            form = .table((0..<256).map { $0 == 255 ? .nan : Float(sign: .plus, exponent: $0 - 127, significand: 1) })
        case .uint16: form = .integer(UInt16.self)
        case .int16: form = .integer(Int16.self)
        case .uint32: form = .integer(UInt32.self)
        case .int32: form = .integer(Int32.self)
        case .uint64: form = .integer(UInt64.self)
        case .int64: form = .integer(Int64.self)
        case .complex64, .float4, .float6e2m3, .float6e3m2, .float8e4m3fnuz, .float8e5m2fnuz: return nil
        }
    }

    /// Converts elements.
    ///
    /// - Parameters:
    ///   - bytes: As many elements as there are values; at any address.
    ///   - values: What gets the numbers. Overlaps the bytes nowhere.
    public func decode(_ bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>) {
        precondition(dtype.byteCount(elements: values.count) == bytes.count, "There must be as many elements as values")
        switch form {
        case .kernel(let element): Kernels.best.pointee.decode(element, bytes.address, values.address, values.count)
        case .table(let table): for i in values.indices { values[i] = table[Int(bytes[i])] }
        case .integer(let type): decode(bytes, as: type, into: values)
        }
    }

    private func decode<Integer: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, as _: Integer.Type, into values: UnsafeMutableBufferPointer<Float>
    ) {
        let size = MemoryLayout<Integer>.size
        for i in values.indices {
            // Generic loads need a type that is trivial, and integers are.
            var integer = Integer.zero
            withUnsafeMutableBytes(of: &integer) {
                $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[i * size..<(i + 1) * size]))
            }
            values[i] = Float(integer)
        }
    }
}
