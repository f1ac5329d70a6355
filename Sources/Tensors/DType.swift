/// The type of a tensor's elements as it is stored: those of the safetensors format.
///
/// See <https://huggingface.co/docs/safetensors>. The raw value is the name that this format uses.
public enum DType: String, CaseIterable, Sendable, Hashable {
    /// One byte, 0 or 1.
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case uint16 = "U16"
    case int16 = "I16"
    case uint32 = "U32"
    case int32 = "I32"
    case uint64 = "U64"
    case int64 = "I64"
    /// IEEE 754 binary16.
    case float16 = "F16"
    /// The upper half of an IEEE 754 binary32.
    case bfloat16 = "BF16"
    case float32 = "F32"
    case float64 = "F64"
    /// Two binary32: real and imaginary part.
    case complex64 = "C64"
    /// Four bits: sign, two of exponent, one of mantissa.
    case float4 = "F4"
    /// Six bits: sign, two of exponent, three of mantissa.
    case float6e2m3 = "F6_E2M3"
    /// Six bits: sign, three of exponent, two of mantissa.
    case float6e3m2 = "F6_E3M2"
    /// Eight bits: sign, four of exponent, three of mantissa; finite numbers and NaN.
    case float8e4m3 = "F8_E4M3"
    /// Eight bits: sign, five of exponent, two of mantissa.
    case float8e5m2 = "F8_E5M2"
    /// Eight bits of exponent: a power of two.
    case float8e8m0 = "F8_E8M0"
    /// As `float8e4m3` with another bias, without a negative zero, whose bits stand for NaN.
    case float8e4m3fnuz = "F8_E4M3FNUZ"
    /// As `float8e5m2` with another bias, without infinities and a negative zero, whose bits stand for NaN.
    case float8e5m2fnuz = "F8_E5M2FNUZ"

    /// The bits of one element.
    public var bitCount: Int {
        switch self {
        case .float4: 4
        case .float6e2m3, .float6e3m2: 6
        case .bool, .uint8, .int8, .float8e4m3, .float8e5m2, .float8e8m0, .float8e4m3fnuz, .float8e5m2fnuz: 8
        case .uint16, .int16, .float16, .bfloat16: 16
        case .uint32, .int32, .float32: 32
        case .uint64, .int64, .float64, .complex64: 64
        }
    }

    /// The bytes of one element; nil for elements that share bytes.
    public var byteCount: Int? { bitCount % 8 == 0 ? bitCount / 8 : nil }

    /// The bytes of a number of elements.
    ///
    /// - Returns: Nil if they do not fill whole bytes, or the number does not fit into an `Int`.
    public func byteCount(elements: Int) -> Int? {
        let (bits, overflow) = elements.multipliedReportingOverflow(by: bitCount)
        return overflow || elements < 0 || bits % 8 != 0 ? nil : bits / 8
    }

    /// Whether elements are real numbers in a floating-point form that merging can compute with.
    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64: true
        default: false
        }
    }
}
