internal import CBLAS

/// The largest eigenvalues of a symmetric matrix, with a vector for each.
public struct LeadingEigenvectors: Sendable {
    /// The largest first.
    public let values: [Double]
    /// `[k, n]`: an orthonormal vector in each row, whose largest element by magnitude is positive.
    public let rows: Tensor

    /// The largest of them.
    func prefix(_ count: Int) -> LeadingEigenvectors {
        LeadingEigenvectors(values: Array(values[..<count]), rows: rows[0..<count])
    }
}

extension Tensor {
    /// The largest eigenvalues of a symmetric matrix `[n, n]` of `float64`, and their vectors.
    ///
    /// A few are found by the method of multiple relatively robust representations, which computes no others (LAPACK's
    /// `stemr`); many by divide and conquer (`syevd`).
    ///
    /// - Parameter count: How many, at most; all if there are fewer.
    /// - Returns: min(count, n) of them.
    /// - Throws: `LinearAlgebraError`.
    public func leadingEigenvectors(_ count: Int = .max) throws(LinearAlgebraError) -> LeadingEigenvectors {
        guard dtype == .float64 else { throw .dtype(dtype) }
        let size = try LAPACKCall.size(ofSquare: self)
        let count = max(0, min(count, Int(size)))
        guard count > 0 else {
            return LeadingEigenvectors(values: [], rows: Tensor.zeros([0, Int(size)], dtype: dtype))
        }
        // Above a third, computing all is faster; a matrix of one or two rows is not worth a thought.
        let isFew = count * 3 <= Int(size)
        if isFew, let few = try fewLeading(count, size) { return LeadingEigenvectors(reversing: few, count: count) }
        return LeadingEigenvectors(reversing: try allAscending(size), count: count)
    }

    /// All of them, the smallest first.
    private func allAscending(_ size: Int32) throws(LinearAlgebraError) -> (values: [Double], rows: Tensor) {
        let matrix = MatrixCopy<Double>(self, transposing: false)
        var values = [Double](repeating: 0, count: Int(size))
        var integers = [Int32](repeating: 0, count: 5 * Int(size) + 3)
        let integerCount = Int32(integers.count)
        let info = try LAPACKCall.withWork("syevd", like: self) { work, workCount in
            Double.syevd(size, matrix.memory, &values, work, workCount, &integers, workCount < 0 ? -1 : integerCount)
        }
        guard info == 0 else { throw .noConvergence(routine: "syevd") }
        // LAPACK's columns are our rows.
        return (values, matrix.tensor)
    }

    /// The largest ones, the smallest of them first; nil if the method does not find them.
    private func fewLeading(
        _ count: Int, _ size: Int32
    ) throws(LinearAlgebraError) -> (values: [Double], rows: Tensor)? {
        let n = Int(size)
        let matrix = MatrixCopy<Double>(self, transposing: false)
        var (diagonal, offDiagonal, reflectors) = (
            [Double](repeating: 0, count: n), [Double](repeating: 0, count: n), [Double](repeating: 0, count: n)
        )
        let lower = CChar(UInt8(ascii: "L"))
        _ = try LAPACKCall.withWork("sytrd", like: self) { (work: UnsafeMutablePointer<Double>, workCount) in
            var info: Int32 = 0
            dsytrd_(
                [lower], [size], matrix.memory, [size], &diagonal, &offDiagonal, &reflectors, work, [workCount], &info)
            return info
        }
        let rows = MatrixCopy<Double>(zeros: [count, n], like: self)
        var values = [Double](repeating: 0, count: n)
        var support = [Int32](repeating: 0, count: 2 * n)
        var (work, integers) = ([Double](repeating: 0, count: 18 * n), [Int32](repeating: 0, count: 10 * n))
        var (found, checksAccuracy, info): (Int32, Int32, Int32) = (0, 1, 0)
        dstemr_(
            [CChar(UInt8(ascii: "V"))], [CChar(UInt8(ascii: "I"))], [size], &diagonal, &offDiagonal, [0], [0],
            [size - Int32(count) + 1], [size], &found, &values, rows.memory, [size], [Int32(count)], &support,
            &checksAccuracy, &work, [Int32(work.count)], &integers, [Int32(integers.count)], &info)
        guard info == 0, Int(found) == count else { return nil }
        _ = try LAPACKCall.withWork("ormtr", like: self) { (work: UnsafeMutablePointer<Double>, workCount) in
            var info: Int32 = 0
            dormtr_(
                [lower], [lower], [CChar(UInt8(ascii: "N"))], [size], [Int32(count)], matrix.memory, [size],
                reflectors, rows.memory, [size], work, [workCount], &info)
            return info
        }
        return (Array(values[..<count]), rows.tensor)
    }
}

extension LeadingEigenvectors {
    /// The last of these, the last one first.
    fileprivate init(reversing ascending: (values: [Double], rows: Tensor), count: Int) {
        let (last, width) = (ascending.values.count - 1, ascending.rows.columnCount)
        let source = MatrixCopy<Double>(borrowing: ascending.rows)
        let target = MatrixCopy<Double>(zeros: [count, width], like: ascending.rows)
        for row in 0..<count {
            (target.memory + row * width).update(from: source.memory + (last - row) * width, count: width)
            if target.rowIsNegative(row) { target.negateRow(row) }
        }
        values = (0..<count).map { ascending.values[last - $0] }
        rows = target.tensor
    }
}
