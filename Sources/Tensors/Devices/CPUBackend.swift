import Glibc

/// Computes on the processor, in the host's memory.
public struct CPUBackend: Backend {
    /// The processor.
    public var kind: Device.Kind { .cpu }
    /// All processors together are one device.
    public var deviceCount: Int { 1 }
    private static let alignment = 64
    /// The size of large pages, with which the processor has fewer addresses to look up.
    private static let largePageSize = 2 << 20

    /// The processor's backend.
    public init() {}

    /// Memory of the host, aligned to 64 bytes; in large pages where the system has them, if it is large itself.
    ///
    /// - Throws: `BackendError.outOfMemory`.
    public func allocate(byteCount: Int, on device: Device) throws(BackendError) -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        let isLarge = byteCount >= 2 * Self.largePageSize
        let alignment = isLarge ? Self.largePageSize : Self.alignment
        guard byteCount >= 0, posix_memalign(&memory, alignment, max(byteCount, 1)) == 0, let memory else {
            throw .outOfMemory(device, byteCount: byteCount)
        }
        // A wish only; without large pages all works as well.
        if isLarge { _ = madvise(memory, byteCount, MADV_HUGEPAGE) }
        return memory
    }

    /// Gives memory back.
    public func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int, on device: Device) { free(memory) }

    /// Copies bytes.
    public func upload(_ bytes: UnsafeRawBufferPointer, to memory: UnsafeMutableRawPointer, on device: Device) {
        if let base = bytes.baseAddress { memory.copyMemory(from: base, byteCount: bytes.count) }
    }

    /// Copies bytes.
    public func download(_ memory: UnsafeRawPointer, to bytes: UnsafeMutableRawBufferPointer, on device: Device) {
        bytes.baseAddress?.copyMemory(from: memory, byteCount: bytes.count)
    }
}
