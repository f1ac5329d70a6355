/// How routines of LAPACK are called.
enum LAPACKCall {
    /// Runs a routine with as much memory as it asks for.
    ///
    /// - Parameters:
    ///   - routine: Its name.
    ///   - tensor: Where the memory is taken from, and of which type.
    ///   - body: Calls it with memory and its count; the count −1 asks how much there must be.
    /// - Returns: What the routine says of its result; 0 if all is well.
    /// - Throws: `LinearAlgebraError.tooLarge` or `library`.
    static func withWork<Scalar: LAPACKScalar>(
        _ routine: String, like tensor: Tensor, _ body: (UnsafeMutablePointer<Scalar>, Int32) -> Int32
    ) throws(LinearAlgebraError) -> Int {
        var wanted = Scalar(0)
        try check(body(&wanted, -1), routine)
        // Large numbers may have been rounded down.
        guard let count = Int32(exactly: wanted.nextUp.rounded(.up)) else { throw .tooLarge(tensor.shape) }
        let work = Tensor(uninitialized: [max(1, Int(count))], like: tensor)
        let info = body(work.memory.assumingMemoryBound(to: Scalar.self), max(1, count))
        try check(info, routine)
        return withExtendedLifetime(work) { Int(info) }
    }

    /// Throws if the routine refused an argument.
    static func check(_ info: Int32, _ routine: String) throws(LinearAlgebraError) {
        if info < 0 { throw .library(routine: routine, code: Int(-info)) }
    }

    /// The sizes of a matrix whose elements are finite numbers that LAPACK can compute with.
    static func sizes(of matrix: Tensor) throws(LinearAlgebraError) -> (rows: Int32, columns: Int32) {
        guard matrix.rank == 2 else { throw .shape(matrix.shape, expected: "a matrix") }
        guard matrix.dtype == .float32 || matrix.dtype == .float64 else { throw .dtype(matrix.dtype) }
        // The longest work of a routine is about four squares of the smaller size, and 32-bit numbers count it.
        guard let rows = Int32(exactly: matrix.size(0)), let columns = Int32(exactly: matrix.size(1)) else {
            throw .tooLarge(matrix.shape)
        }
        let place = matrix.withBytes { FloatingPointElements($0, of: matrix.dtype)?.firstNonFinite }
        if let place { throw .notFinite(row: place / matrix.size(1), column: place % matrix.size(1)) }
        return (rows, columns)
    }

    /// The size of a square matrix.
    static func size(ofSquare matrix: Tensor) throws(LinearAlgebraError) -> Int32 {
        let (rows, columns) = try sizes(of: matrix)
        guard rows == columns else { throw .shape(matrix.shape, expected: "a square matrix") }
        return rows
    }

    /// The unit matrix.
    static func identity(_ size: Int, like tensor: Tensor) -> Tensor {
        let zeros = Tensor(filledWith: 0, shape: [size * size], like: tensor)
        let diagonal = Tensor((0..<size).map { $0 * (size + 1) })
        let ones = Tensor(filledWith: 1, shape: [size, 1], like: tensor)
        zeros.arithmetic.scatterRows(ones, at: diagonal, into: zeros.reshaped([size * size, 1]))
        return zeros.reshaped([size, size])
    }
}
