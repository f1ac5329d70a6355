import Tensors
import TestSupport
import Testing

/// Leading vectors and polar factors by Gram matrices, beside full decompositions in binary64.
@Suite struct SpectralTests {
    private static let shapes = [(1, 1), (1, 6), (6, 1), (12, 12), (7, 24), (24, 7), (40, 25), (0, 3), (3, 0)]

    @Test(arguments: shapes)
    func leadingSingularVectors(_ rows: Int, _ columns: Int) throws {
        let matrix = try random(rows, columns)
        let parts = try matrix.singularValueDecomposition()
        let values = parts.singularValues.array(of: Double.self)
        for count in [0, 1, 2, 5, .max] {
            let leading = try matrix.leadingSingularVectors(count)
            #expect(leading.count == min(count, rows, columns))
            expectNear(leading.values, Array(values.prefix(count)), 1e-10)
            expectNear(leading.left, parts.u.transposed()[0..<leading.count], 1e-9)
            expectNear(leading.right, parts.vTransposed[0..<leading.count], 1e-9)
        }
    }

    @Test func fewEigenvectorsAreThoseOfAll() throws {
        let gram = try random(60, 80).gramMatrix(of: .rows)
        let all = try gram.leadingEigenvectors()
        #expect(all.values == all.values.sorted(by: >))
        for count in [1, 7, 20, 21] {
            let few = try gram.leadingEigenvectors(count)
            expectNear(few.values, Array(all.values[..<count]), 1e-9)
            expectNear(few.rows, all.rows[0..<count], 1e-8)
        }
    }

    @Test func gramMatricesAreProducts() throws {
        for (rows, columns) in [(5, 9), (130, 70), (0, 2), (3, 0)] {
            let matrix = try random(rows, columns)
            expectNear(matrix.gramMatrix(of: .rows), matrix.matrixProduct(matrix, transposesOther: true), 1e-12)
            expectNear(matrix.gramMatrix(of: .columns), matrix.matrixProduct(matrix, transposesSelf: true), 1e-12)
        }
    }

    @Test(arguments: shapes)
    func polarDecomposition(_ rows: Int, _ columns: Int) throws {
        let matrix = try random(rows, columns)
        let polar = try matrix.polarDecomposition()
        let parts = try matrix.singularValueDecomposition()
        expectNear(polar.singularValues, parts.singularValues.array(of: Double.self), 1e-10)
        expectNear(polar.orthogonalFactor(of: matrix), parts.u.matrixProduct(parts.vTransposed), 1e-9)
    }

    /// Values down to 10⁻¹¹: Gram matrices hold the squares of the first seven only.
    @Test func illConditioned() throws {
        let (u, v) = (try random(12, 12).qrDecomposition().q, try random(15, 12).qrDecomposition().q)
        let values = (0..<12).map { i in (0..<i).reduce(1.0) { value, _ in value / 10 } }
        let matrix = (u * Tensor(values)).matrixProduct(v, transposesOther: true)
        let found = try matrix.leadingSingularVectors()
        #expect(found.count == 12)
        for (found, expected) in zip(found.values, values) { #expect(abs(found - expected) < 1e-14) }
        let factor = try matrix.polarDecomposition().orthogonalFactor(of: matrix)
        expectNear(factor, u.matrixProduct(v, transposesOther: true), 1e-3)
        let parts = try matrix.singularValueDecomposition()
        expectNear(factor, parts.u.matrixProduct(parts.vTransposed), 1e-3)
    }

    /// Values up to a limit are left out, whether they are told apart by the Gram matrix or by a full decomposition.
    @Test(arguments: [(0.05, 2), (1e-3 * 1.5, 3), (2e-9, 9), (1e-30, 12), (2, 0)])
    func limited(_ limit: Double, _ count: Int) throws {
        let (u, v) = (try random(12, 12).qrDecomposition().q, try random(15, 12).qrDecomposition().q)
        let values = (0..<12).map { i in (0..<i).reduce(1.0) { value, _ in value / 10 } }
        let matrix = (u * Tensor(values)).matrixProduct(v, transposesOther: true)
        let found = try matrix.leadingSingularVectors(above: limit)
        #expect(found.count == count)
        for (found, expected) in zip(found.values, values) { #expect(abs(found - expected) < 1e-9) }
        let thin = try random(9, 3).matrixProduct(try random(3, 8))
        #expect(try thin.leadingSingularVectors(above: 1e-6).count == 3)
    }

    /// Of values that are 0, vectors are not determined, and so they are left out.
    @Test func deficient() throws {
        let matrix = try random(9, 3).matrixProduct(try random(3, 8))
        let vectors = try matrix.leadingSingularVectors()
        #expect(vectors.count == 3)
        expectNear(vectors.product, matrix, 1e-12)
        let polar = try matrix.polarDecomposition()
        #expect(polar.singularValues.count == 8 && polar.singularValues.dropFirst(3).allSatisfy { $0 == 0 })
        let factor = polar.orthogonalFactor(of: matrix)
        expectNear(factor, vectors.left.matrixProduct(vectors.right, transposesSelf: true), 1e-9)
        // A partial isometry: it keeps lengths of what it does not map to 0.
        expectNear(factor.matrixProduct(factor, transposesOther: true).matrixProduct(factor), factor, 1e-9)
        let nothing = Tensor.zeros([4, 3], dtype: .float64)
        #expect(try nothing.leadingSingularVectors().count == 0)
        expectNear(try nothing.polarDecomposition().orthogonalFactor(of: nothing), nothing, 0)
    }

    @Test func whatIsNoMatrixOfNumbers() throws {
        #expect(throws: LinearAlgebraError.dtype(.float32)) { try Tensor.zeros([3, 3]).leadingSingularVectors(1) }
        #expect(throws: LinearAlgebraError.dtype(.float32)) { try Tensor.zeros([3, 3]).polarDecomposition() }
        let broken = try Tensor([1.0, .nan, 0, 1], shape: [2, 2])
        #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 1)) { try broken.leadingSingularVectors(1) }
    }

    private func random(_ rows: Int, _ columns: Int) throws -> Tensor {
        let stream = RandomStream(seed: 5, purpose: "spectral", name: "\(rows) \(columns)")
        var values = [Float](repeating: 0, count: rows * columns)
        values.withUnsafeMutableBufferPointer { stream.fillUniform($0) }
        return try Tensor(values.map { 2 * Double($0) - 1 }, shape: [rows, columns])
    }

    private func expectNear(_ found: Tensor, _ expected: Tensor, _ tolerance: Double) {
        #expect(found.shape == expected.shape)
        expectNear(found.array(of: Double.self), expected.array(of: Double.self), tolerance)
    }

    private func expectNear(_ found: [Double], _ expected: [Double], _ tolerance: Double) {
        let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
        #expect(found.count == expected.count && difference <= tolerance, "\(difference)")
    }
}
