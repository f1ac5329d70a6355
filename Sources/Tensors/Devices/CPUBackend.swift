import Glibc

/// Computes on the processor, in the host's memory.
public struct CPUBackend: Backend {
    /// The processor.
    public var kind: Device.Kind { .cpu }
    /// All processors together are one device.
    public var deviceCount: Int { 1 }
    private static let alignment = 64

    /// The processor's backend.
    public init() {}

    /// Memory of the host, aligned to 64 bytes.
    ///
    /// - Throws: `BackendError.outOfMemory`.
    public func allocate(byteCount: Int, on device: Device) throws(BackendError) -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        guard byteCount >= 0, posix_memalign(&memory, Self.alignment, max(byteCount, 1)) == 0, let memory else {
            throw .outOfMemory(device, byteCount: byteCount)
        }
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
