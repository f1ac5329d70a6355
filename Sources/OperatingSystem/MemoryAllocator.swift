import CLinux

/// The C library's allocator.
public enum MemoryAllocator {
    /// Blocks from this size on are pages of their own.
    private static let largeBlock: Int32 = 1 << 20

    /// Lets large blocks go back to the system when they are freed.
    ///
    /// Left alone, the library takes the first large block that is freed as a sign that more will come, and keeps blocks of
    /// up to 32 MB for each thread's arena: matrices of a few sizes then leave several times their memory behind.
    public static func returnLargeBlocks() { _ = linux_return_freed_blocks(largeBlock) }
}
