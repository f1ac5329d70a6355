extension Fabric {
    /// Waits until all ranks are here.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func barrier(_ name: String) throws {
        try foreground.barrier(name)
    }

    /// The root's bytes on all ranks, whatever their number.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func broadcast(_ bytes: [UInt8], from root: Int = 0, _ name: String) throws -> [UInt8] {
        try foreground.broadcast(bytes, from: root, name)
    }

    /// Replaces each element by its sum, least or greatest over all ranks.
    ///
    /// Sums of floats depend on the number of ranks here; `reduce(units:)` has sums that do not.
    ///
    /// - Throws: `FabricError` if ranks are at different calls, or give different numbers of elements.
    public func allReduce<Scalar: FabricScalar>(
        _ values: inout [Scalar], _ reduction: Reduction, _ name: String
    ) throws {
        try foreground.allReduce(&values, reduction, name)
    }

    /// Replaces each element of a buffer by its sum, least or greatest over all ranks.
    ///
    /// - Throws: `FabricError` if ranks are at different calls, or give different numbers of elements.
    public func allReduce<Scalar: FabricScalar>(
        _ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction, _ name: String
    ) throws {
        try foreground.allReduce(values, reduction, name)
    }

    /// The values of all ranks, which may be of different lengths, on all ranks.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func allGather<Element: BitwiseCopyable>(_ values: [Element], _ name: String) throws -> [[Element]] {
        try foreground.allGather(values, name)
    }

    /// The values of all ranks, which may be of different lengths, on one rank; nil on the others.
    ///
    /// Each rank's values arrive in their own array: nothing is copied twice.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func gather<Element: BitwiseCopyable>(
        _ values: [Element], to root: Int = 0, _ name: String
    ) throws -> [[Element]]? {
        try foreground.gather(values, to: root, name)
    }

    /// The values of all ranks, whose numbers are known, in a buffer of one rank, in the order of ranks.
    ///
    /// - Parameters:
    ///   - values: What this rank gives: `counts[rank]` elements.
    ///   - counts: The number of elements of each rank; the same on all ranks.
    ///   - gathered: Room for all elements on the root; empty elsewhere.
    ///   - root: The rank that gets them.
    ///   - name: The name of the call.
    /// - Throws: `FabricError` if ranks are at different calls, or a number of elements is not as announced.
    public func gather<Element: BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Element>, counts: [Int], into gathered: UnsafeMutableBufferPointer<Element>,
        to root: Int = 0, _ name: String
    ) throws {
        try foreground.gather(values, counts: counts, into: gathered, to: root, name)
    }

    /// The reduction of all ranks' values, of which each rank gets its share.
    ///
    /// - Parameters:
    ///   - values: The operands; the same number on all ranks.
    ///   - counts: The number of elements in each rank's share; together all of them.
    ///   - reduction: Sum, least or greatest.
    ///   - name: The name of the call.
    /// - Returns: This rank's share.
    /// - Throws: `FabricError` if ranks are at different calls, or the shares do not add up.
    public func reduceScatter<Scalar: FabricScalar>(
        _ values: [Scalar], counts: [Int], _ reduction: Reduction, _ name: String
    ) throws -> [Scalar] {
        try foreground.reduceScatter(values, counts: counts, reduction, name)
    }
}
