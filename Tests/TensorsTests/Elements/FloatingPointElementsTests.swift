import Tensors
import TestSupport
import Testing

@Suite struct FloatingPointElementsTests {
    @Test func onlyFloatingPointTypes() {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        for dtype in DType.allCases {
            #expect((FloatingPointElements(nothing, of: dtype) != nil) == dtype.isFloatingPoint)
        }
        #expect(FloatingPointElements(nothing, of: .float16)?.firstNonFinite == nil)
        #expect(FloatingPointElements(nothing, of: .float16)?[0..<0].count == 0)
    }

    @Test func partsAndTheFirstThatIsNotFinite() throws {
        let memory = try GuardedMemory([1, 2, .infinity, 4, .nan] as [Float16], slack: 1)
        let elements = try #require(FloatingPointElements(UnsafeRawBufferPointer(memory.bytes), of: .float16))
        #expect(elements.count == 5)
        #expect(elements.firstNonFinite == 2)
        #expect(elements[0..<2].firstNonFinite == nil)
        #expect(elements[3..<5].firstNonFinite == 1)
        #expect(elements[3..<5][0..<1].firstNonFinite == nil)
    }

    @Test func floatsWithoutACopy() throws {
        let aligned = try GuardedMemory([1, 2, 3] as [Float])
        let elements = try #require(FloatingPointElements(UnsafeRawBufferPointer(aligned.bytes), of: .float32))
        #expect(elements.floats.map(Array.init) == [1, 2, 3])
        let shifted = try GuardedMemory([1, 2, 3] as [Float], slack: 1)
        #expect(FloatingPointElements(UnsafeRawBufferPointer(shifted.bytes), of: .float32)?.floats == nil)
        #expect(FloatingPointElements(UnsafeRawBufferPointer(aligned.bytes), of: .float16)?.floats == nil)
    }
}
