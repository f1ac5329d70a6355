import Tensors

/// The element types that PyTorch knows, by the name that they have in the module `torch`.
enum TorchDType: String {
    case bool
    case uint8
    case int8
    case uint16
    case int16
    case uint32
    case int32
    case uint64
    case int64
    case float16
    case bfloat16
    case float32
    case float64
    case complex32
    case complex64
    case complex128
    case float8e4m3 = "float8_e4m3fn"
    case float8e4m3NoNegativeZero = "float8_e4m3fnuz"
    case float8e5m2 = "float8_e5m2"
    case float8e5m2NoNegativeZero = "float8_e5m2fnuz"
    case float8e8m0 = "float8_e8m0fnu"
    /// Two numbers of four bits in a byte.
    case float4x2 = "float4_e2m1fn_x2"
    case quint8
    case qint8
    case qint32
    case quint4x2
    case quint2x4
    case bits8
    case bits16
    case bits1x8
    case bits2x4
    case bits4x2

    /// The type that the elements have here; nil if there is none.
    var dtype: DType? {
        switch self {
        case .bool: .bool
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .uint64: .uint64
        case .int64: .int64
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .float32: .float32
        case .float64: .float64
        case .complex64: .complex64
        case .float8e4m3: .float8e4m3
        case .float8e5m2: .float8e5m2
        case .float8e8m0: .float8e8m0
        case .complex32, .complex128, .float8e4m3NoNegativeZero, .float8e5m2NoNegativeZero, .float4x2, .quint8, .qint8,
            .qint32, .quint4x2, .quint2x4, .bits8, .bits16, .bits1x8, .bits2x4, .bits4x2:
            nil
        }
    }

    /// The bytes of an element in a storage.
    var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8, .float8e4m3, .float8e4m3NoNegativeZero, .float8e5m2, .float8e5m2NoNegativeZero,
            .float8e8m0, .float4x2, .quint8, .qint8, .quint4x2, .quint2x4, .bits8, .bits1x8, .bits2x4, .bits4x2:
            1
        case .uint16, .int16, .float16, .bfloat16, .bits16: 2
        case .uint32, .int32, .float32, .complex32, .qint32: 4
        case .uint64, .int64, .float64, .complex64: 8
        case .complex128: 16
        }
    }

    /// The element type of a storage class: `FloatStorage` holds `float32`.
    init?(storageClass name: String) {
        switch name {
        case "BoolStorage": self = .bool
        case "ByteStorage": self = .uint8
        case "CharStorage": self = .int8
        case "ShortStorage": self = .int16
        case "IntStorage": self = .int32
        case "LongStorage": self = .int64
        case "HalfStorage": self = .float16
        case "BFloat16Storage": self = .bfloat16
        case "FloatStorage": self = .float32
        case "DoubleStorage": self = .float64
        case "ComplexFloatStorage": self = .complex64
        case "ComplexDoubleStorage": self = .complex128
        case "QUInt8Storage": self = .quint8
        case "QInt8Storage": self = .qint8
        case "QInt32Storage": self = .qint32
        case "QUInt4x2Storage": self = .quint4x2
        case "QUInt2x4Storage": self = .quint2x4
        default: return nil
        }
    }
}
