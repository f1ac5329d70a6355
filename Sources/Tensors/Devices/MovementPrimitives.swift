/// What a backend does with elements of any type: it moves them.
public protocol MovementPrimitives: Sendable {
    /// Copies bytes between places on one device that do not overlap.
    func copy(
        from source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, byteCount: Int, on device: Device)

    /// Copies blocks of bytes, each a stride behind the one before.
    func copyBlocks(
        from source: UnsafeRawPointer, stride sourceStride: Int, to destination: UnsafeMutableRawPointer,
        stride destinationStride: Int, byteCount: Int, count: Int, on device: Device)

    /// result[i₀, i₁, …] = x at the sum of iₙ · strides[n], counted in elements.
    func permute(_ x: Tensor, strides: [Int], into result: Tensor)

    /// result[r, :] = x[indices[r], :]; the indices, `int64`, are known to be rows of x.
    func gatherRows(_ x: Tensor, at indices: Tensor, into result: Tensor)

    /// Converts numbers to the type of the result.
    ///
    /// - Returns: Whether there is such a conversion.
    func convert(_ x: Tensor, into result: Tensor) -> Bool
}
