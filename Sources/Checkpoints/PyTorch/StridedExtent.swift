import Glibc
public import Tensors

/// Elements that lie in a file at regular distances: a transposed, sliced or expanded view of a storage.
///
/// Element `[i, j, …]` is at `offset + i · strides[0] + j · strides[1] + …`, counted in elements from the storage's start.
public struct StridedExtent: TensorSource {
    /// The open file.
    public let file: CheckpointFile
    /// Where in the file the first element is, in bytes.
    public let offset: Int
    /// The dimensions, the outermost first, without those of size 1, and joined where they lie like one.
    private let dimensions: [Dimension]

    /// A dimension of a block of elements; the distances are in elements.
    private struct Dimension {
        var size: Int
        /// The distance between neighbours in the file.
        let stride: Int
        /// The distance between neighbours in row-major order.
        let outputStride: Int

        /// The distance between first and last in the file.
        var reach: Int { (size - 1) * stride }
    }

    /// Repeated elements must not make a tensor larger than this, in bytes: a small file must not fill a disk.
    public static let expansionLimit = 1 << 30

    /// A view of a storage.
    ///
    /// It is nil if an element lies outside of the storage, or if elements are repeated into more than `expansionLimit`
    /// bytes.
    ///
    /// - Parameters:
    ///   - file: The open file.
    ///   - storage: Where the storage is in the file, in bytes.
    ///   - dtype: The type of the elements, which fill whole bytes.
    ///   - elementOffset: Where in the storage the first element is, in elements.
    ///   - shape: The sizes along the dimensions.
    ///   - strides: The distances between neighbours along the dimensions, in elements, as many as there are dimensions.
    public init?(
        file: CheckpointFile, storage: Range<Int>, dtype: DType, elementOffset: Int, shape: Shape, strides: [Int]
    ) {
        guard let width = dtype.byteCount, strides.count == shape.rank, elementOffset >= 0,
            strides.allSatisfy({ $0 >= 0 })
        else { return nil }
        self.file = file
        guard shape.elementCount > 0 else {
            offset = storage.lowerBound
            dimensions = []
            return
        }
        var last = elementOffset
        for (size, stride) in zip(shape.dimensions, strides) {
            let (reach, reachOverflow) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow) = last.addingReportingOverflow(reach)
            guard !reachOverflow, !overflow else { return nil }
            last = sum
        }
        guard last < storage.count / width else { return nil }
        guard let byteCount = dtype.byteCount(elements: shape.elementCount),
            byteCount <= max(storage.count, Self.expansionLimit)
        else { return nil }
        offset = storage.lowerBound + elementOffset * width
        dimensions = Self.joined(shape.dimensions, strides)
    }

    private static func joined(_ sizes: [Int], _ strides: [Int]) -> [Dimension] {
        var result: [Dimension] = []
        var outputStride = 1
        for (size, stride) in zip(sizes, strides).reversed() where size != 1 {
            if let inner = result.last, stride == inner.size * inner.stride {
                result[result.count - 1].size *= size
            } else {
                result.append(Dimension(size: size, stride: stride, outputStride: outputStride))
            }
            outputStride *= size
        }
        return result.reversed()
    }

    /// Whether the elements lie in the file in row-major order and without gaps, from `offset` on.
    public var isContiguous: Bool { dimensions.isEmpty || (dimensions.count == 1 && dimensions[0].stride == 1) }

    /// Reads the elements.
    ///
    /// - Throws: `CheckpointError` if the file ends too early or cannot be read.
    public func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        guard let width = dtype.byteCount, let base = bytes.baseAddress else { return }
        var scratch: [UInt8] = []
        var position = elements.lowerBound
        while position < elements.upperBound {
            let block = largestBlock(from: position, to: elements.upperBound)
            try read(block, width, to: base + (position - elements.lowerBound) * width, &scratch)
            position += block.count
        }
    }
}

// MARK: - Blocks

extension StridedExtent {
    /// Elements that are a product of ranges along the dimensions.
    private struct Block {
        /// The first element, in elements from the first of the tensor.
        var start: Int
        var dimensions: [Dimension]

        var count: Int { dimensions.reduce(1) { $0 * $1.size } }

        /// The elements in the file from the first to the last.
        var span: Int { dimensions.reduce(1) { $0 + $1.reach } }
    }

    /// The longest run of elements from one on, in row-major order, that is a block.
    private func largestBlock(from position: Int, to end: Int) -> Block {
        var start = 0
        var remainder = position
        for (index, dimension) in dimensions.enumerated() {
            let inner = dimension.outputStride
            let place = remainder / inner
            start += place * dimension.stride
            remainder -= place * inner
            // All of the inner dimensions, for as many places of this one as are wanted.
            if remainder == 0, inner <= end - position {
                let size = min(dimension.size - place, (end - position) / inner)
                var block = Array(dimensions[index...])
                block[0].size = size
                return Block(start: start, dimensions: block)
            }
        }
        return Block(start: start, dimensions: [])
    }

    /// Reading so much at once costs hardly more than reading any of it.
    private static let smallByteCount = 16 << 10
    /// No more is read at once, apart from elements that lie as they are wanted.
    private static let scratchByteCount = 4 << 20
    /// Of what is read at once, at least one part in so many is wanted.
    private static let wasteLimit = 4

    private func read(
        _ block: Block, _ width: Int, to output: UnsafeMutableRawPointer, _ scratch: inout [UInt8]
    ) throws {
        let kept = block.dimensions.filter { $0.size > 1 }
        let place = offset + block.start * width
        if kept.isEmpty || (kept.count == 1 && kept[0].stride == 1 && kept[0].outputStride == 1) {
            return try file.read(
                at: place, into: UnsafeMutableRawBufferPointer(start: output, count: block.count * width))
        }
        let span = block.span
        let byteCount = span * width
        if byteCount <= Self.smallByteCount
            || (byteCount <= Self.scratchByteCount && span / Self.wasteLimit <= block.count)
        {
            if scratch.count < byteCount { scratch = [UInt8](repeating: 0, count: byteCount) }
            try scratch.withUnsafeMutableBytes { buffer in
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount])
                try file.read(at: place, into: part)
                if let source = part.baseAddress {
                    Self.copy(kept[...], width, from: UnsafeRawPointer(source), to: output)
                }
            }
            return
        }
        // In halves, along the dimension whose elements are the farthest apart.
        guard let widest = block.dimensions.indices.max(by: { block.dimensions[$0].reach < block.dimensions[$1].reach })
        else { return }
        let dimension = block.dimensions[widest]
        let half = dimension.size / 2
        var first = block
        first.dimensions[widest].size = half
        var second = block
        second.dimensions[widest].size -= half
        second.start += half * dimension.stride
        try read(first, width, to: output, &scratch)
        try read(second, width, to: output + half * dimension.outputStride * width, &scratch)
    }

    private static func copy(
        _ dimensions: ArraySlice<Dimension>, _ width: Int, from source: UnsafeRawPointer,
        to output: UnsafeMutableRawPointer
    ) {
        guard let dimension = dimensions.first else { return }
        guard dimensions.count == 1 else {
            for index in 0..<dimension.size {
                copy(
                    dimensions.dropFirst(), width, from: source + index * dimension.stride * width,
                    to: output + index * dimension.outputStride * width)
            }
            return
        }
        if dimension.stride == 1, dimension.outputStride == 1 {
            memcpy(output, source, dimension.size * width)
            return
        }
        switch width {
        case 1: copy(dimension, UInt8.self, from: source, to: output)
        case 2: copy(dimension, UInt16.self, from: source, to: output)
        case 4: copy(dimension, UInt32.self, from: source, to: output)
        default: copy(dimension, UInt64.self, from: source, to: output)
        }
    }

    /// Copies elements one by one, as bits of their width.
    private static func copy<Bits: BitwiseCopyable>(
        _ dimension: Dimension, _ type: Bits.Type, from source: UnsafeRawPointer, to output: UnsafeMutableRawPointer
    ) {
        let width = MemoryLayout<Bits>.size
        let (stride, outputStride) = (dimension.stride * width, dimension.outputStride * width)
        for index in 0..<dimension.size {
            output.storeBytes(
                of: source.loadUnaligned(fromByteOffset: index * stride, as: type),
                toByteOffset: index * outputStride, as: type)
        }
    }
}
