import CKernels
import Tensors
import TestSupport
import Testing

/// A type of elements that loops compute with, and its meaning in plain Swift.
enum StoredType: CaseIterable, CustomTestStringConvertible {
    case float16, bfloat16, float32, float64

    var testDescription: String { dtype.rawValue }

    var dtype: DType {
        switch self {
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .float32: .float32
        case .float64: .float64
        }
    }

    var element: ckernels_element {
        switch self {
        case .float16: CKERNELS_FLOAT16
        case .bfloat16: CKERNELS_BFLOAT16
        case .float32: CKERNELS_FLOAT32
        case .float64: CKERNELS_FLOAT64
        }
    }

    var byteCount: Int {
        switch self {
        case .float16, .bfloat16: 2
        case .float32: 4
        case .float64: 8
        }
    }

    /// The numbers that bytes mean.
    func decoded(_ bytes: [UInt8]) -> [Float] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / byteCount).map { i in
                switch self {
                case .float16: Float(Float16(bitPattern: bytes.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self)))
                case .bfloat16:
                    Float(bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self)) << 16)
                case .float32: bytes.loadUnaligned(fromByteOffset: i * 4, as: Float.self)
                case .float64: Float(bytes.loadUnaligned(fromByteOffset: i * 8, as: Double.self))
                }
            }
        }
    }

    /// The bits of infinity, without sign.
    var infinity: [UInt8] {
        switch self {
        case .float16: [0x00, 0x7C]
        case .bfloat16: [0x80, 0x7F]
        case .float32: [0, 0, 0x80, 0x7F]
        case .float64: [0, 0, 0, 0, 0, 0, 0xF0, 0x7F]
        }
    }

    /// Elements of any bits: numbers of all sizes, subnormal ones, and what is not finite.
    func anyBytes(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count * byteCount) { buffer, initialized in
            for i in 0..<count * byteCount { buffer[i] = random.byte() }
            initialized = count * byteCount
        }
    }

    /// Elements of moderate size, as weights are, with zeros of both signs among them.
    ///
    /// They are some of a few thousand, as making new ones takes most of a test's time.
    func moderateBytes(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
        guard let known = Self.moderateElements[self] else { return [] }
        let start = random.below(Self.knownCount - count) * byteCount
        return Array(known[start..<start + count * byteCount])
    }

    private static let knownCount = 10_000
    private static let moderateElements: [StoredType: [UInt8]] = {
        var random = SplitMix64(seed: 17)
        return Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.newModerateBytes(knownCount, &random)) })
    }()

    private func newModerateBytes(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
        (0..<count).flatMap { _ -> [UInt8] in
            let number = random.chance(percent: 5) ? (random.chance(percent: 50) ? -0.0 : 0) : moderate(&random)
            return switch self {
            case .float16: bytes(of: Float16(number).bitPattern)
            case .bfloat16: bytes(of: UInt16(Float(number).bitPattern >> 16))
            case .float32: bytes(of: Float(number).bitPattern)
            case .float64: bytes(of: number.bitPattern)
            }
        }
    }

    private func moderate(_ random: inout SplitMix64) -> Double {
        (Double(random.next() >> 11) * 0x1p-52 - 1)
            * Double(sign: .plus, exponent: random.number(in: -12...3), significand: 1)
    }

    private func bytes<Bits: FixedWidthInteger>(of bits: Bits) -> [UInt8] {
        withUnsafeBytes(of: bits.littleEndian) { Array($0) }
    }
}

/// Bits for comparison; all NaN are alike, as processors may choose which one survives.
func comparableBits(_ values: [Float]) -> [UInt32] { values.map { ($0.isNaN ? .nan : $0).bitPattern } }

/// Moderate numbers.
func moderateFloats(_ count: Int, _ random: inout SplitMix64) -> [Float] {
    StoredType.float32.decoded(StoredType.float32.moderateBytes(count, &random))
}

/// Numbers of any bits.
func anyFloats(_ count: Int, _ random: inout SplitMix64) -> [Float] {
    (0..<count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
}
