import OperatingSystem
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

/// Views of storages against the definition of strides.
@Suite("Strided extents")
struct StridedExtentTests {
    /// A file whose content tells where in it one is.
    private struct Storage {
        let scratch: ScratchDirectory
        let file: CheckpointFile
        let bytes: [UInt8]

        init(byteCount: Int) throws {
            // Neighbours differ, near and far ones.
            bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 0x9E37_79B9 >> 16) }
            scratch = try ScratchDirectory()
            try scratch.write("storage", bytes)
            file = try CheckpointFile(scratch.path("storage"))
        }

        /// Elements in row-major order, each looked up by itself.
        func elements(_ range: Range<Int>, width: Int, start: Int, _ sizes: [Int], _ strides: [Int]) -> [UInt8] {
            range.flatMap { element in
                var rest = element
                var place = start
                for (size, stride) in zip(sizes, strides).reversed() {
                    place += rest % size * stride
                    rest /= size
                }
                return bytes[place * width..<(place + 1) * width]
            }
        }
    }

    @Test("Random views, read in random pieces, are what the strides say")
    func randomViews() throws {
        let storage = try Storage(byteCount: 100_000)
        var random = SplitMix64(seed: 1)
        for _ in 0..<400 {
            let dtype = random.pick([DType.uint8, .bfloat16, .float32, .complex64])
            let width = try #require(dtype.byteCount)
            let sizes = (0..<random.below(5)).map { _ in 1 + random.below(7) }
            let strides = sizes.map { _ in random.pick([0, 1, 1, 2, 3, 7, 20, 49, 300]) }
            let start = random.below(200)
            let extent = try #require(
                StridedExtent(
                    file: storage.file, storage: 0..<storage.bytes.count, dtype: dtype, elementOffset: start,
                    shape: Shape(sizes), strides: strides))
            let count = Shape(sizes).elementCount
            let first = random.below(count)
            let range = first..<first + random.below(count - first + 1)
            var found = [UInt8](repeating: 0, count: range.count * width)
            try found.withUnsafeMutableBytes { try extent.read(range, of: dtype, into: $0) }
            #expect(
                found == storage.elements(range, width: width, start: start, sizes, strides),
                "\(sizes) \(strides) \(range)")
        }
    }

    @Test(
        "Views wider than what is read at once",
        arguments: [
            // Transposed; every hundredth column; two far blocks; a transposed column.
            ([2300, 2200], [1, 2300]), ([40, 50], [100_000, 100]), ([2, 3000], [4_000_000, 1]),
            ([300, 2, 3], [1, 9000, 0]),
        ])
    func wideViews(_ sizes: [Int], _ strides: [Int]) throws {
        let storage = try Storage(byteCount: 5_100_000)
        let shape = Shape(sizes)
        let extent = try #require(
            StridedExtent(
                file: storage.file, storage: 0..<storage.bytes.count, dtype: .uint8, elementOffset: 5, shape: shape,
                strides: strides))
        for range in [0..<shape.elementCount, 1234..<min(shape.elementCount, 5678)] {
            var found = [UInt8](repeating: 0, count: range.count)
            try found.withUnsafeMutableBytes { try extent.read(range, of: .uint8, into: $0) }
            let sample = stride(from: 0, to: range.count, by: 97)
            let expected = sample.map { element in
                let place = range.lowerBound + element
                return storage.elements(place..<place + 1, width: 1, start: 5, sizes, strides)
            }
            #expect(sample.map { found[$0] } == expected.flatMap { $0 })
        }
    }

    @Test("What lies outside of the storage is no view")
    func bounds() throws {
        let storage = try Storage(byteCount: 100)
        func view(_ dtype: DType, _ offset: Int, _ sizes: [Int], _ strides: [Int], in range: Range<Int> = 0..<100)
            -> StridedExtent?
        {
            StridedExtent(
                file: storage.file, storage: range, dtype: dtype, elementOffset: offset, shape: Shape(sizes),
                strides: strides)
        }
        #expect(view(.float32, 0, [25], [1]) != nil)
        #expect(view(.float32, 0, [26], [1]) == nil)
        #expect(view(.float32, 1, [25], [1]) == nil)
        #expect(view(.float32, 0, [9], [3]) != nil)
        #expect(view(.float32, 0, [10], [3]) == nil)
        #expect(view(.float32, 0, [25], [1], in: 0..<99) == nil)
        #expect(view(.float32, 0, [2, 1 << 40], [.max, .max]) == nil)
        #expect(view(.float32, .max, [2], [.max]) == nil)
        #expect(view(.float32, -1, [1], [1]) == nil)
        #expect(view(.float32, 0, [2], [-1]) == nil)
        #expect(view(.float32, 0, [2], [1, 1]) == nil)
        #expect(view(.float4, 0, [2], [1]) == nil)
        // No element of these is anywhere.
        #expect(view(.float32, 1000, [0, 5], [1, 1]) != nil)
        // One number for a gigabyte, and for more.
        #expect(view(.uint8, 0, [1 << 30], [0]) != nil)
        #expect(view(.uint8, 0, [1 << 30 + 1], [0]) == nil)
        #expect(view(.uint8, 0, [.max], [0]) == nil)
    }

    @Test("Joined dimensions tell whether elements are contiguous")
    func contiguity() throws {
        let storage = try Storage(byteCount: 100)
        func isContiguous(_ sizes: [Int], _ strides: [Int]) -> Bool? {
            StridedExtent(
                file: storage.file, storage: 0..<100, dtype: .uint8, elementOffset: 0, shape: Shape(sizes),
                strides: strides)?.isContiguous
        }
        #expect(isContiguous([], []) == true)
        #expect(isContiguous([2, 3, 4], [12, 4, 1]) == true)
        #expect(isContiguous([2, 1, 4], [4, 50, 1]) == true)
        #expect(isContiguous([0, 3], [7, 9]) == true)
        #expect(isContiguous([3, 2], [1, 3]) == false)
        #expect(isContiguous([3], [2]) == false)
        #expect(isContiguous([3], [0]) == false)
        #expect(isContiguous([2, 3], [4, 1]) == false)
    }
}
