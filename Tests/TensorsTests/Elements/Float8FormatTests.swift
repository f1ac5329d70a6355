import Testing

@testable import Tensors

@Suite struct Float8FormatTests {
    /// Values from tables 1 and 2 of *FP8 formats for deep learning*.
    @Test func landmarks() {
        #expect(Float8Format.e4m3.value(of: 0b0_1111_110) == 448)
        #expect(Float8Format.e4m3.value(of: 0b1_1111_110) == -448)
        #expect(Float8Format.e4m3.value(of: 0b0_0001_000) == 0x1p-6)
        #expect(Float8Format.e4m3.value(of: 0b0_0000_111) == 0.875 * 0x1p-6)
        #expect(Float8Format.e4m3.value(of: 0b0_0000_001) == 0x1p-9)
        #expect(Float8Format.e4m3.value(of: 0b0_1111_111).isNaN)
        #expect(Float8Format.e5m2.value(of: 0b0_11110_11) == 57344)
        #expect(Float8Format.e5m2.value(of: 0b0_00001_00) == 0x1p-14)
        #expect(Float8Format.e5m2.value(of: 0b0_00000_11) == 0.75 * 0x1p-14)
        #expect(Float8Format.e5m2.value(of: 0b0_00000_01) == 0x1p-16)
        #expect(Float8Format.e5m2.value(of: 0b1_11111_00) == -.infinity)
        #expect((0b0_11111_01...0b0_11111_11).allSatisfy { Float8Format.e5m2.value(of: UInt8($0)).isNaN })
    }

    @Test(arguments: [Float8Format.e4m3, .e5m2])
    func valuesAscend(_ format: Float8Format) {
        let values = (0...format.largestFinite).map(format.value)
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
        #expect(
            format.allValues.prefix(128).map(\.magnitude).elementsEqual(format.allValues.suffix(128).map(\.magnitude)) {
                $0 == $1 || ($0.isNaN && $1.isNaN)
            })
        #expect(format.value(of: 0x80).bitPattern == (-Float(0)).bitPattern)
    }

    @Test(arguments: [Float8Format.e4m3, .e5m2])
    func codesOfValues(_ format: Float8Format) {
        for code in UInt8.min...UInt8.max where !format.value(of: code).isNaN {
            #expect(format.code(nearest: format.value(of: code)) == code)
        }
        #expect(format.code(nearest: .nan) == 0x7F)
        #expect(format.code(nearest: .leastNonzeroMagnitude) == 0)
        #expect(format.code(nearest: -.leastNonzeroMagnitude) == 0x80)
    }

    @Test(arguments: [Float8Format.e4m3, .e5m2])
    func bordersOfRounding(_ format: Float8Format) {
        for code in 0..<format.largestFinite {
            let middle = (format.value(of: code) + format.value(of: code + 1)) / 2
            #expect(format.code(nearest: middle.nextDown) == code)
            #expect(format.code(nearest: middle) == (code % 2 == 0 ? code : code + 1))
            #expect(format.code(nearest: middle.nextUp) == code + 1)
            #expect(format.code(nearest: -middle.nextUp) == code + 1 | 0x80)
        }
    }

    @Test func tooLarge() {
        // Halfway to what would be the next number, 480, and beyond.
        #expect(Float8Format.e4m3.code(nearest: 464) == 0x7E)
        #expect(Float8Format.e4m3.code(nearest: Float(464).nextUp) == 0x7F)
        #expect(Float8Format.e4m3.code(nearest: -.infinity) == 0xFF)
        #expect(Float8Format.e4m3.code(nearest: .greatestFiniteMagnitude) == 0x7F)
        // The last number is odd, so that what is halfway to 65536 becomes infinite.
        #expect(Float8Format.e5m2.code(nearest: Float(61440).nextDown) == 0x7B)
        #expect(Float8Format.e5m2.code(nearest: 61440) == 0x7C)
        #expect(Float8Format.e5m2.code(nearest: -.infinity) == 0xFC)
        #expect(Float8Format.e5m2.code(nearest: .greatestFiniteMagnitude) == 0x7C)
    }
}
