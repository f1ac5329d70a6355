public import Tensors

/// A tensor in a checkpoint whose elements are read when asked for.
public struct LazyTensor: Sendable {
    /// The type of the elements as they are stored.
    public let dtype: DType
    /// The sizes along the dimensions.
    public let shape: Shape
    /// Where the elements come from.
    public let source: any TensorSource

    /// A tensor whose elements a source gives.
    public init(dtype: DType, shape: Shape, source: any TensorSource) {
        self.dtype = dtype
        self.shape = shape
        self.source = source
    }

    /// The number of elements.
    public var elementCount: Int { shape.elementCount }

    /// The bytes of all elements, without gaps.
    public var byteCount: Int { dtype.byteCount(elements: elementCount) ?? 0 }

    /// Reads elements, in row-major order and without gaps, in the stored type.
    ///
    /// - Parameters:
    ///   - elements: The elements, counted in row-major order.
    ///   - bytes: Room for exactly these elements.
    /// - Throws: `CheckpointError` if they cannot be read.
    public func read(_ elements: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
        precondition(dtype.byteCount(elements: elements.count) == bytes.count, "The buffer must fit the elements")
        try source.read(elements, of: dtype, into: bytes)
    }

    /// Elements' bytes, in row-major order and without gaps, in the stored type.
    ///
    /// - Parameter elements: The elements, counted in row-major order; they must fill whole bytes.
    /// - Returns: The bytes.
    /// - Throws: `CheckpointError` if they cannot be read.
    public func read(_ elements: Range<Int>) throws -> [UInt8] {
        guard let count = dtype.byteCount(elements: elements.count) else {
            preconditionFailure("Elements that share bytes are read in whole bytes")
        }
        return try Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(
                elements, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
            )
            initialized = count
        }
    }

    /// All elements' bytes, in row-major order and without gaps, in the stored type.
    ///
    /// - Throws: `CheckpointError` if they cannot be read.
    public func readAll() throws -> [UInt8] { try read(0..<elementCount) }

    /// The tensor, read into memory.
    ///
    /// - Throws: `CheckpointError` if it cannot be read, `TensorError` if there is no memory for it.
    public func readTensor() throws -> Tensor {
        try readAll().withUnsafeBytes { try Tensor(copying: $0, shape: shape, dtype: dtype) }
    }
}

/// What the elements of a lazy tensor come from: a part of a file, or a computation over such parts.
public protocol TensorSource: Sendable {
    /// Reads elements, in row-major order and without gaps.
    ///
    /// May be called from several threads at once.
    ///
    /// - Parameters:
    ///   - elements: The elements, counted in row-major order.
    ///   - dtype: Their type.
    ///   - bytes: Room for exactly these elements.
    /// - Throws: `CheckpointError` if they cannot be read.
    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws
}

/// Elements that lie one after another in a file.
public struct FileExtent: TensorSource {
    /// The open file.
    public let file: CheckpointFile
    /// Where in the file the first element starts, in bytes.
    public let offset: Int

    /// Elements from an offset on.
    public init(file: CheckpointFile, offset: Int) {
        self.file = file
        self.offset = offset
    }

    /// Reads the elements.
    ///
    /// - Throws: `CheckpointError` if the file ends too early or cannot be read.
    public func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        guard let start = dtype.byteCount(elements: elements.lowerBound) else {
            preconditionFailure("Elements that share bytes are read from a whole byte on")
        }
        try file.read(at: offset + start, into: bytes)
    }
}
