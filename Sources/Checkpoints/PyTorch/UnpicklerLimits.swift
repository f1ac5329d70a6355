/// Bounds for what a pickle may make an unpickler do, far above what checkpoints need.
struct UnpicklerLimits {
    /// The length of a pickle in bytes.
    static let pickleByteCount = 128 << 20

    /// Instructions, and items that are copied from one container to another.
    var steps = 4_000_000
    /// Values on the stack, and marks.
    var stack = 1_000_000
    /// Containers.
    var containers = 1_000_000
    /// Values in the memo.
    var memo = 1_000_000
    /// Tensors, and references to storages.
    var tensors = 200_000
    /// Dimensions of a tensor.
    var dimensions = 64
    /// Names of refused objects that a message lists.
    var refusedObjects = 20
}
