import Tensors
import Testing

@Suite struct DTypeTests {
    @Test func sizesOfElements() {
        #expect(DType.bfloat16.byteCount == 2)
        #expect(DType.float4.byteCount == nil)
        #expect(DType.float4.byteCount(elements: 4) == 2)
        #expect(DType.float4.byteCount(elements: 3) == nil)
        #expect(DType.float64.byteCount(elements: .max) == nil)
        #expect(DType.float32.byteCount(elements: -1) == nil)
    }

    @Test func shapesOfAbsurdSizesAreRefused() {
        #expect(Shape(checking: [2, -1]) == nil)
        #expect(Shape(checking: [1 << 40, 1 << 40]) == nil)
        #expect(Shape(checking: [0, 1 << 40, 1 << 40]) == nil)
        #expect(Shape(checking: [])?.elementCount == 1)
        #expect(Shape(checking: [3, 0])?.elementCount == 0)
    }
}
