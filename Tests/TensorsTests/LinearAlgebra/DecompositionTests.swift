import Tensors
import TestSupport
import Testing

/// Decompositions of matrices of all shapes, of deficient ranks, and of numbers of very different sizes.
@Suite struct DecompositionTests {
    static let types: [(DType, Double)] = [(.float64, 1e-13), (.float32, 1e-5)]
    private static let shapes = [(1, 1), (1, 6), (6, 1), (3, 3), (7, 4), (4, 7), (40, 25), (0, 3), (3, 0), (0, 0)]

    @Test(arguments: types)
    func singularValues(_ dtype: DType, _ tolerance: Double) throws {
        for (rows, columns) in Self.shapes {
            let matrix = try random([rows, columns], dtype)
            try expectDecomposition(of: matrix, tolerance)
        }
    }

    /// Columns that depend on each other, zeros, and singular values from 1 down to 10⁻¹².
    @Test(arguments: types)
    func deficientAndIllConditioned(_ dtype: DType, _ tolerance: Double) throws {
        let deficient = try random([9, 3], dtype).matrixProduct(try random([3, 8], dtype))
        try expectDecomposition(of: deficient, tolerance)
        let values = try numbers(deficient.singularValueDecomposition().singularValues)
        #expect(values[2] > 0.01 && values[3] < values[0] * tolerance)
        try expectDecomposition(of: try Tensor.zeros([4, 3]).converted(to: dtype), tolerance)
        let basis = try random([12, 12], dtype).qrDecomposition().q
        let sizes = try Tensor((0..<12).map { i in (0..<i).reduce(1.0) { value, _ in value / 10 } }).converted(
            to: dtype)
        let hilbert = (basis * sizes).matrixProduct(basis, transposesOther: true)
        try expectDecomposition(of: hilbert, tolerance)
        let found = try numbers(hilbert.singularValueDecomposition().singularValues)
        for (found, expected) in zip(found, try numbers(sizes)) { #expect(abs(found - expected) < tolerance) }
    }

    private func expectDecomposition(of matrix: Tensor, _ tolerance: Double) throws {
        let (m, n) = (matrix.size(0), matrix.size(1))
        let count = min(m, n)
        let economic = try matrix.singularValueDecomposition()
        #expect(economic.u.shape == [m, count] && economic.vTransposed.shape == [count, n])
        let values = try numbers(economic.singularValues)
        #expect(values == values.sorted(by: >) && values.allSatisfy { $0 >= 0 })
        let product = (economic.u * economic.singularValues).matrixProduct(economic.vTransposed)
        try expectNear(product, matrix, tolerance * 10)
        try expectOrthonormal(columnsOf: economic.u, tolerance)
        try expectOrthonormal(columnsOf: economic.vTransposed.transposed(), tolerance)
        let full = try matrix.singularValueDecomposition(.full)
        #expect(full.u.shape == [m, m] && full.vTransposed.shape == [n, n])
        try expectOrthonormal(columnsOf: full.u, tolerance)
        try expectOrthonormal(columnsOf: full.vTransposed.transposed(), tolerance)
        try expectPositive(economic.u)
        try expectPositive(full.u)
        let kept = min(2, count)
        let truncated = try matrix.singularValueDecomposition(.truncated(2))
        #expect(truncated.u.shape == [m, kept] && truncated.vTransposed.shape == [kept, n])
        #expect(try numbers(truncated.singularValues) == Array(values.prefix(kept)))
        #expect(try numbers(truncated.vTransposed) == Array(try numbers(economic.vTransposed).prefix(kept * n)))
    }

    /// The first of the largest elements of each column is positive.
    private func expectPositive(_ vectors: Tensor) throws {
        let columns = vectors.size(1)
        let elements = try numbers(vectors)
        for column in 0..<columns {
            let vector = Swift.stride(from: column, to: elements.count, by: columns).map { elements[$0] }
            let largest = vector.map(abs).max() ?? 0
            #expect(vector.first { abs($0) == largest }.map { $0 > 0 } ?? true)
        }
    }

    @Test(arguments: types)
    func eigenvalues(_ dtype: DType, _ tolerance: Double) throws {
        for size in [0, 1, 2, 7, 30] {
            let half = try random([size, max(0, size - 2)], dtype)
            let matrix = half.matrixProduct(half, transposesOther: true)
            let parts = try matrix.symmetricEigendecomposition()
            let values = try numbers(parts.values)
            #expect(values == values.sorted() && values.count == size)
            let product = (parts.vectors * parts.values).matrixProduct(parts.vectors, transposesOther: true)
            try expectNear(product, matrix, tolerance * 100)
            try expectOrthonormal(columnsOf: parts.vectors, tolerance)
            try expectPositive(parts.vectors)
        }
    }

    @Test(arguments: types)
    func qr(_ dtype: DType, _ tolerance: Double) throws {
        for (rows, columns) in Self.shapes {
            let matrix = try random([rows, columns], dtype)
            let parts = try matrix.qrDecomposition()
            let count = min(rows, columns)
            #expect(parts.q.shape == [rows, count] && parts.r.shape == [count, columns])
            try expectNear(parts.q.matrixProduct(parts.r), matrix, tolerance * 10)
            try expectOrthonormal(columnsOf: parts.q, tolerance)
            let r = try numbers(parts.r)
            for row in 0..<count {
                #expect(r[row * columns + row] >= 0)
                #expect((0..<row).allSatisfy { r[row * columns + $0] == 0 })
            }
        }
    }

    @Test(arguments: types)
    func choleskyAndSolutions(_ dtype: DType, _ tolerance: Double) throws {
        for size in [0, 1, 5, 20] {
            let half = try random([size, size + 3], dtype)
            let matrix = half.matrixProduct(half, transposesOther: true) + (try identity(size, dtype))
            let triangle = try matrix.choleskyDecomposition()
            try expectNear(triangle.matrixProduct(triangle, transposesOther: true), matrix, tolerance * 100)
            let elements = try numbers(triangle)
            for row in 0..<size {
                #expect((row + 1..<max(row + 1, size)).allSatisfy { elements[row * size + $0] == 0 })
            }
            let right = try random([size, 2], dtype)
            let general = try random([size, size], dtype) + (try identity(size, dtype)) * 3
            try expectNear(general.matrixProduct(try general.solve(right)), right, tolerance * 1000)
        }
    }

    @Test(arguments: types)
    func pseudoInverses(_ dtype: DType, _ tolerance: Double) throws {
        let matrices = [
            try random([6, 4], dtype), try random([4, 6], dtype), try random([1, 3], dtype),
            try random([6, 2], dtype).matrixProduct(try random([2, 5], dtype)),
            try Tensor.zeros([3, 2]).converted(to: dtype),
        ]
        for matrix in matrices {
            let inverse = try matrix.pseudoInverse()
            #expect(inverse.shape == [matrix.size(1), matrix.size(0)])
            // The four conditions of Penrose.
            let (left, right) = (matrix.matrixProduct(inverse), inverse.matrixProduct(matrix))
            try expectNear(left.matrixProduct(matrix), matrix, tolerance * 100)
            try expectNear(right.matrixProduct(inverse), inverse, tolerance * 100)
            try expectNear(left.transposed(), left, tolerance * 100)
            try expectNear(right.transposed(), right, tolerance * 100)
        }
        #expect(try Tensor.zeros([0, 2]).pseudoInverse().shape == [2, 0])
    }

    @Test func whatHasNoDecomposition() throws {
        let vector = Tensor([1.0, 2])
        #expect(throws: LinearAlgebraError.shape([2], expected: "a matrix")) { try vector.singularValueDecomposition() }
        let wide = Tensor([2, 3]) { Double($0) }
        #expect(throws: LinearAlgebraError.shape([2, 3], expected: "a square matrix")) {
            try wide.symmetricEigendecomposition()
        }
        #expect(throws: LinearAlgebraError.dtype(.int64)) { try Tensor([2, 2]) { $0 }.qrDecomposition() }
        let infinite = Tensor([2, 2]) { $0 == 3 ? Double.infinity : 1 }
        #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 1)) { try infinite.singularValueDecomposition() }
        let indefinite = Tensor([2, 2]) { [1.0, 2, 2, 1][$0] }
        #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2)) { try indefinite.choleskyDecomposition() }
        let singular = Tensor([2, 2]) { [1.0, 2, 2, 4][$0] }
        #expect(throws: LinearAlgebraError.singular(pivot: 1)) {
            try singular.solve(Tensor.ones([2, 1], dtype: .float64))
        }
        #expect(throws: LinearAlgebraError.shape([3, 1], expected: "as many rows as the matrix: 2")) {
            try singular.solve(Tensor.ones([3, 1], dtype: .float64))
        }
        #expect(LinearAlgebraError.singular(pivot: 1).description == "The matrix is singular: pivot 1 is 0")
    }

    // Helpers.

    private func random(_ shape: Shape, _ dtype: DType) throws -> Tensor {
        var generator = SplitMix64(seed: UInt64(shape.dimensions.reduce(5) { $0 * 31 + $1 }))
        return try Tensor(shape) { _ in Double(generator.number(in: -1_000_000...1_000_000)) * 1e-6 }.converted(
            to: dtype)
    }

    private func identity(_ size: Int, _ dtype: DType) throws -> Tensor {
        try Tensor([size, size]) { $0 / max(size, 1) == $0 % max(size, 1) ? 1.0 : 0 }.converted(to: dtype)
    }

    private func numbers(_ tensor: Tensor) throws -> [Double] { try tensor.doubles() }

    private func expectNear(
        _ found: Tensor, _ expected: Tensor, _ tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(found.shape == expected.shape, sourceLocation: sourceLocation)
        let difference = largestDifference(try numbers(found), try numbers(expected))
        #expect(difference < tolerance, sourceLocation: sourceLocation)
    }

    private func expectOrthonormal(
        columnsOf matrix: Tensor, _ tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let products = matrix.matrixProduct(matrix, transposesSelf: true)
        try expectNear(products, identity(matrix.size(1), matrix.dtype), tolerance * 10, sourceLocation: sourceLocation)
    }
}
