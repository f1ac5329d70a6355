import Tensors

/// The bytes that a thread holds at once for a tensor that it needs as a whole, roughly: what `check` tells of memory.
///
/// Counted are the largest things that are there at the same time. What allocators keep comes on top.
enum WholeTensorMemory {
    private static let singleSize = MemoryLayout<Float>.stride
    private static let doubleSize = MemoryLayout<Double>.stride

    /// The values of all inputs in binary32, the result, what is added to the base, and the result as it is stored.
    ///
    /// - Parameters:
    ///   - shape: The sizes of each.
    ///   - inputs: How many tensors are read.
    /// - Returns: The bytes.
    static func values(_ shape: Shape, inputs: Int) -> Int { (inputs + 3) * shape.elementCount * singleSize }

    /// So many matrices of binary64.
    static func matrices(_ count: Int, _ rows: Int, _ columns: Int) -> Int { count * rows * columns * doubleSize }

    /// So many matrices of binary32.
    static func singleMatrices(_ count: Int, _ rows: Int, _ columns: Int) -> Int {
        count * rows * columns * singleSize
    }

    /// The largest eigenvectors of a symmetric matrix: the matrix, LAPACK's copy of it, and its workspace or the vectors.
    static func eigenvectors(_ size: Int, _ count: Int) -> Int {
        // Few are found without the others; for all of them, divide and conquer has two more matrices to work in.
        count * 3 <= size ? matrices(2, size, size) + matrices(1, count, size) : matrices(5, size, size)
    }

    /// The largest singular vectors of `[m, n]`, both sides of them beside the eigenvectors; without the matrix itself.
    static func singularVectors(_ m: Int, _ n: Int, _ count: Int) -> Int {
        let kept = min(count, m, n)
        return max(eigenvectors(min(m, n), kept), matrices(2, min(m, n), min(m, n)) + matrices(2, kept, m + n))
    }

    /// The polar decomposition of `[m, n]`; without the matrix itself.
    static func polar(_ m: Int, _ n: Int) -> Int { eigenvectors(min(m, n), min(m, n)) }

    /// What a matrix fusion holds for an input, with its values.
    static func byteCount(of input: MergeInput, by fusion: any MatrixFusion) -> Int {
        let values = values(input.shape, inputs: input.models.count + (input.pretrained == nil ? 0 : 1))
        guard input.shape.rank == 2 else { return values }
        return values
            + fusion.workspaceByteCount(
                rows: input.shape.dimensions[0], columns: input.shape.dimensions[1], models: input.models.count)
    }
}
