extension Tensor {
    /// A tensor whose elements are undefined, for operators that write them next.
    ///
    /// Ends the process if there is no memory, as arrays do.
    init(uninitialized shape: Shape, dtype: DType, on pool: BufferPool) {
        guard let storage = try? TensorStorage(byteCount: shape.elementCount * (dtype.bitCount / 8), from: pool) else {
            preconditionFailure("There is no memory for a tensor of shape \(shape) and type \(dtype) on \(pool.device)")
        }
        self.init(shape: shape, dtype: dtype, storage: storage)
    }

    /// A tensor whose elements are undefined, of another's type and device.
    init(uninitialized shape: Shape, like other: Tensor) {
        self.init(uninitialized: shape, dtype: other.dtype, on: other.storage.pool)
    }

    /// A tensor of equal elements of another's type and device.
    init(filledWith value: Double, shape: Shape, like other: Tensor) {
        self.init(uninitialized: shape, like: other)
        arithmetic.fill(self, with: value)
    }

    /// A tensor of given elements, row by row.
    ///
    /// - Throws: `TensorError` if there are more or fewer than the shape says, or no memory.
    public init<Element: TensorElement>(
        _ elements: [Element], shape: Shape, on device: Device = .cpu
    ) throws(TensorError) {
        guard elements.count == shape.elementCount else {
            throw .elementCount(found: elements.count, shape: shape)
        }
        let tensor = elements.withUnsafeBytes { bytes in
            Result { () throws(TensorError) in
                try Tensor(copying: bytes, shape: shape, dtype: Element.dtype, on: device)
            }
        }
        self = try tensor.get()
    }

    /// A tensor of given elements in one dimension.
    ///
    /// Ends the process if there is no memory, as arrays do.
    public init<Element: TensorElement>(_ elements: [Element]) {
        self.init(uninitialized: [elements.count], dtype: Element.dtype, on: .cpu)
        elements.withUnsafeBytes { backend.upload($0, to: memory, on: device) }
    }

    /// A single number.
    public init<Element: TensorElement>(_ value: Element) {
        self = Tensor([value]).reshaped([])
    }

    /// A tensor whose elements a function of their place makes, row by row.
    public init<Element: TensorElement>(_ shape: Shape, _ element: (Int) throws -> Element) rethrows {
        let elements = try (0..<shape.elementCount).map(element)
        self = Tensor(elements).reshaped(shape)
    }

    /// A tensor of stored elements, copied from any address.
    ///
    /// - Throws: `TensorError` if the bytes are not those of type and shape, or there is no memory or device.
    public init(
        copying bytes: UnsafeRawBufferPointer, shape: Shape, dtype: DType, on device: Device = .cpu
    ) throws(TensorError) {
        try Self.check(bytes, shape, dtype)
        let storage: TensorStorage
        do {
            let pool = try BufferPool.of(device)
            storage = try TensorStorage(byteCount: bytes.count, from: pool)
        } catch let error as BackendError {
            throw .backend(error)
        } catch let error as DeviceError {
            throw .device(error)
        } catch {
            throw .device(.noBackend(device.kind))
        }
        self.init(shape: shape, dtype: dtype, storage: storage)
        backend.upload(bytes, to: memory, on: device)
    }

    /// A tensor of binary32 numbers in the host's memory that a function writes.
    ///
    /// Ends the process if there is no memory, as arrays do.
    ///
    /// - Parameters:
    ///   - shape: Its shape.
    ///   - body: Writes all elements, row by row; it must not keep the buffer.
    public init(_ shape: Shape, writing body: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        self.init(uninitialized: shape, dtype: .float32, on: .cpu)
        let count = elementCount
        try body(UnsafeMutableBufferPointer(start: memory.bindMemory(to: Float.self, capacity: count), count: count))
    }

    /// A tensor of elements that somebody else holds, such as a mapped file, without a copy where their address allows it.
    ///
    /// - Parameters:
    ///   - bytes: The elements. Nobody may write to them while the owner lives.
    ///   - shape: Its shape.
    ///   - dtype: The type of the elements.
    ///   - owner: Keeps the bytes; held as long as any view of them.
    /// - Throws: `TensorError` if the bytes are not those of type and shape, or there is no memory for a copy.
    public init(
        borrowing bytes: UnsafeRawBufferPointer, shape: Shape, dtype: DType, owner: any AnyObject & Sendable
    ) throws(TensorError) {
        try Self.check(bytes, shape, dtype)
        guard UInt(bitPattern: bytes.baseAddress) % UInt(dtype.bitCount / 8) == 0 else {
            self = try Tensor(copying: bytes, shape: shape, dtype: dtype)
            return
        }
        self.init(shape: shape, dtype: dtype, storage: TensorStorage(borrowing: bytes, owner: owner))
    }

    private static func check(_ bytes: UnsafeRawBufferPointer, _ shape: Shape, _ dtype: DType) throws(TensorError) {
        guard dtype.byteCount != nil else { throw .notAddressable(dtype) }
        guard let checked = Shape(checking: shape.dimensions),
            dtype.byteCount(elements: checked.elementCount) == bytes.count
        else { throw .byteCount(found: bytes.count, dtype: dtype, shape: shape) }
    }

    /// Zeros.
    public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor { filled(0, shape, dtype) }

    /// Ones.
    public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor { filled(1, shape, dtype) }

    private static func filled(_ value: Double, _ shape: Shape, _ dtype: DType) -> Tensor {
        let tensor = Tensor(uninitialized: shape, dtype: dtype, on: .cpu)
        tensor.arithmetic.fill(tensor, with: value)
        return tensor
    }
}
