public import Tensors

/// What an adapter adds to a matrix, without the matrix itself: `scale · left · right`.
///
/// Before it is added, nothing of it is rounded to the type of the base.
public struct LowRankDelta: Sendable {
    /// m of the matrix `[m, n]`.
    public let rows: Int
    /// n of the matrix `[m, n]`.
    public let columns: Int
    /// The rank r of the factors.
    public let rank: Int
    private let update: LowRankUpdate

    init?(_ update: LowRankUpdate, shape: Shape) {
        guard shape.rank == 2 else { return nil }
        rows = shape.dimensions[0]
        columns = shape.dimensions[1]
        rank = update.rank
        self.update = update
    }

    /// What the product is multiplied by: α/r, or what else the adapter says.
    public var scale: Double { update.scale }

    /// The factors `[m, r]`, which has the scale, and `[r, n]`, in `float64`.
    ///
    /// - Throws: `CheckpointError` if they cannot be read.
    public func factors() throws -> (left: Tensor, right: Tensor) {
        let (left, right) = try unscaledFactors()
        return (left * Tensor(scale), right)
    }

    /// The factors `[m, r]` and `[r, n]` as they are stored, in `float64`.
    ///
    /// - Throws: `CheckpointError` if they cannot be read.
    public func unscaledFactors() throws -> (left: Tensor, right: Tensor) {
        let left = try update.left.block(rows: 0..<rows, columns: 0..<rank)
        let right = try update.right.block(rows: 0..<rank, columns: 0..<columns)
        return (try Tensor(left, shape: [rows, rank]), try Tensor(right, shape: [rank, columns]))
    }
}

extension LazyTensor {
    /// What an adapter adds to a base; nil for a tensor that is no matrix with an adapter in it, or whose base is another one.
    public func lowRankDelta(over base: LazyTensor) -> LowRankDelta? {
        guard let update = source as? LowRankUpdate, let own = update.base.source as? FileExtent,
            let other = base.source as? FileExtent, own.isSame(as: other)
        else { return nil }
        return LowRankDelta(update, shape: shape)
    }
}

extension FileExtent {
    /// Whether both are the same elements of the same file.
    fileprivate func isSame(as other: FileExtent) -> Bool {
        offset == other.offset && (file === other.file || file.path == other.file.path)
    }
}
