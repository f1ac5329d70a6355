import Tensors
import TestSupport
import Testing

@testable import Checkpoints

/// Conversions between stored numbers and `Double`.
@Suite("Stored numbers")
struct StoredNumbersTests {
    private func encoded(_ numbers: [Double], as dtype: DType) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try #require(dtype.byteCount(elements: numbers.count)))
        bytes.withUnsafeMutableBytes { bytes in
            numbers.withUnsafeBufferPointer { StoredNumbers.encode($0, as: dtype, into: bytes) }
        }
        return bytes
    }

    private func decoded(_ bytes: [UInt8], of dtype: DType) -> [Double] {
        var numbers = [Double](repeating: 0, count: bytes.count / (dtype.byteCount ?? 1))
        numbers.withUnsafeMutableBufferPointer { numbers in
            bytes.withUnsafeBytes { StoredNumbers.decode($0, of: dtype, into: numbers) }
        }
        return numbers
    }

    @Test("All numbers of 16 bits come back", arguments: [DType.float16, .bfloat16])
    func roundTrip(_ dtype: DType) throws {
        let bytes = (0...UInt16.max).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let numbers = decoded(bytes, of: dtype)
        let back = decoded(try encoded(numbers, as: dtype), of: dtype)
        #expect(zip(numbers, back).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) })
    }

    @Test("Numbers are rounded to the nearest one, ties to even, and only once", arguments: [DType.float16, .bfloat16])
    func rounding(_ dtype: DType) throws {
        // All finite positive numbers of the type, in order; the codes are too.
        let codes = (0..<UInt16(dtype == .float16 ? 0x7C00 : 0x7F80)).flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)]
        }
        let values = decoded(codes, of: dtype)
        var random = SplitMix64(seed: 3)
        var numbers: [Double] = []
        var expected: [Double] = []
        for _ in 0..<20_000 {
            let index = random.below(values.count - 1)
            let (low, high) = (values[index], values[index + 1])
            let middle = (low + high) / 2
            let even = index.isMultiple(of: 2) ? low : high
            // Just beside the middle, nearer than single precision can tell.
            for (number, nearest) in [(middle, even), (middle.nextDown, low), (middle.nextUp, high)] {
                numbers += [number, -number]
                expected += [nearest, -nearest]
            }
        }
        let found = decoded(try encoded(numbers, as: dtype), of: dtype)
        #expect(zip(found, expected).allSatisfy { $0 == $1 })
    }

    @Test("What is too large is infinite, and what is no number stays so")
    func specialNumbers() throws {
        for dtype in [DType.float16, .bfloat16, .float32, .float64] {
            let found = decoded(try encoded([1e308, -1e308, .infinity, .nan, -0.0], as: dtype), of: dtype)
            #expect(found[0] == (dtype == .float64 ? 1e308 : .infinity))
            #expect(found[1] == -found[0])
            #expect(found[2] == .infinity && found[3].isNaN && found[4].sign == .minus)
        }
    }
}
