import Glibc

/// Memory that the ranks of a host see together; or one rank alone, where there is nobody to share it with.
///
/// It lies in no directory: whatever ends the job, nothing is left behind.
public final class SharedMemory: @unchecked Sendable {
    /// Zeros at first, from the start of a page on.
    ///
    /// Ranks must agree on who writes when.
    public let bytes: UnsafeMutableRawBufferPointer
    /// The ranks that see it, in ascending order.
    public let ranks: [Int]
    /// This rank's place among them.
    public let position: Int

    /// Takes over memory that was mapped.
    init(_ bytes: UnsafeMutableRawBufferPointer, ranks: [Int], rank: Int) {
        self.bytes = bytes
        self.ranks = ranks
        position = ranks.firstIndex(of: rank) ?? 0
    }

    deinit { munmap(bytes.baseAddress, bytes.count) }

    /// Memory of one rank, in large pages where the system has them.
    ///
    /// - Throws: `FabricError.noMemory`.
    static func own(byteCount: Int, rank: Int) throws(FabricError) -> SharedMemory {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let address = mmap(nil, max(1, byteCount), PROT_READ | PROT_WRITE, flags, -1, 0), address != MAP_FAILED
        else { throw .noMemory(byteCount: byteCount) }
        madvise(address, byteCount, MADV_HUGEPAGE)
        return SharedMemory(.init(start: address, count: max(1, byteCount)), ranks: [rank], rank: rank)
    }
}
