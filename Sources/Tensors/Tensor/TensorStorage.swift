/// The memory that tensors are views of.
///
/// It is shared by threads as long as nobody writes to it. Operators write only to memory that they have just made, or that
/// nobody else holds.
public final class TensorStorage: @unchecked Sendable {
    /// Where its elements are, on the device.
    let memory: UnsafeMutableRawPointer
    /// The bytes that tensors may use.
    let byteCount: Int
    /// The pool of the device that it lies on.
    let pool: BufferPool
    private let source: Source

    private enum Source {
        case pooled(BufferPool.Buffer)
        /// Somebody else's, as long as the owner lives.
        case borrowed(owner: any AnyObject & Sendable)
    }

    /// New memory, its content undefined.
    ///
    /// - Throws: `BackendError.outOfMemory`.
    init(byteCount: Int, from pool: BufferPool) throws(BackendError) {
        let buffer = try pool.take(byteCount: byteCount)
        memory = buffer.memory
        self.byteCount = byteCount
        self.pool = pool
        source = .pooled(buffer)
    }

    /// Memory of the host that an owner keeps; never written to.
    init(borrowing bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
        memory = UnsafeMutableRawPointer(mutating: bytes.address)
        byteCount = bytes.count
        pool = .cpu
        source = .borrowed(owner: owner)
    }

    deinit {
        if case .pooled(let buffer) = source { pool.give(back: buffer) }
    }

    /// Whether it may be written to by one who holds it alone.
    var isWritable: Bool {
        switch source {
        case .pooled: true
        case .borrowed: false
        }
    }
}
