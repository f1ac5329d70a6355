import Tensors
import TestSupport
import Testing

@Suite struct ElementConversionTests {
    @Test func whatCanBeConverted() {
        let notDecoded: Set<DType> = [
            .complex64, .float4, .float6e2m3, .float6e3m2, .float8e4m3fnuz, .float8e5m2fnuz,
        ]
        let encoded: Set<DType> = [.float16, .bfloat16, .float32, .float64, .float8e4m3, .float8e5m2]
        for dtype in DType.allCases {
            #expect((ElementDecoder(dtype) == nil) == notDecoded.contains(dtype))
            #expect((ElementEncoder(dtype) != nil) == encoded.contains(dtype))
        }
    }

    @Test func integersAndTruth() throws {
        try #expect(decoded(.bool, [0, 1, 2, 255] as [UInt8]) == [0, 1, 1, 1])
        try #expect(decoded(.uint8, [0, 1, 255] as [UInt8]) == [0, 1, 255])
        try #expect(decoded(.int8, [0, -1, -128, 127] as [Int8]) == [0, -1, -128, 127])
        try #expect(decoded(.uint16, [0, 65535] as [UInt16]) == [0, 65535])
        try #expect(decoded(.int16, [-32768, 32767] as [Int16]) == [-32768, 32767])
        // 2²⁴ + 1 and 2²⁴ + 3 lie halfway between two numbers.
        try #expect(decoded(.uint32, [16_777_217, 16_777_219, .max] as [UInt32]) == [16_777_216, 16_777_220, 0x1p32])
        try #expect(decoded(.int32, [-16_777_217, .min, .max] as [Int32]) == [-16_777_216, -0x1p31, 0x1p31])
        try #expect(decoded(.uint64, [.max, 1 << 40] as [UInt64]) == [0x1p64, 0x1p40])
        try #expect(decoded(.int64, [.min, -1] as [Int64]) == [-0x1p63, -1])
    }

    @Test func exponentsAlone() throws {
        let values = try decoded(.float8e8m0, [0, 126, 127, 254] as [UInt8])
        #expect(values == [0x1p-127, 0.5, 1, 0x1p127])
        try #expect(decoded(.float8e8m0, [255] as [UInt8])[0].isNaN)
    }

    /// What is encoded and decoded again is the same, if it is representable.
    @Test(arguments: [DType.float16, .bfloat16, .float32, .float64, .float8e4m3, .float8e5m2])
    func thereAndBack(_ dtype: DType) throws {
        let values: [Float] = [0, -0.0, 1, -1.5, 0.25, 448, -0x1p-9, 0x1p-6]
        let encoder = try #require(ElementEncoder(dtype))
        let decoder = try #require(ElementDecoder(dtype))
        let size = try #require(dtype.byteCount)
        // An odd address.
        let stored = try GuardedMemory(count: values.count * size, slack: 1)
        values.withUnsafeBufferPointer { encoder.encode($0, into: stored.bytes) }
        var result = [Float](repeating: 7, count: values.count)
        result.withUnsafeMutableBufferPointer { decoder.decode(UnsafeRawBufferPointer(stored.bytes), into: $0) }
        #expect(result.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(stored.surroundingsAreIntact)
    }

    @Test func nothing() throws {
        for dtype in DType.allCases {
            ElementDecoder(dtype)?.decode(
                UnsafeRawBufferPointer(start: nil, count: 0), into: UnsafeMutableBufferPointer(start: nil, count: 0))
            ElementEncoder(dtype)?.encode(
                UnsafeBufferPointer(start: nil, count: 0), into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
        }
    }

    private func decoded<Stored: BitwiseCopyable>(_ dtype: DType, _ stored: [Stored]) throws -> [Float] {
        let decoder = try #require(ElementDecoder(dtype))
        let memory = try GuardedMemory(stored, slack: 1)
        var result = [Float](repeating: 7, count: stored.count)
        result.withUnsafeMutableBufferPointer { decoder.decode(UnsafeRawBufferPointer(memory.bytes), into: $0) }
        return result
    }
}
