import Tensors
import Testing

@testable import FusionBench

@Suite("ACE merging")
struct ACEMergingTests {
    private static let fusion = CovarianceWeightedFusion(regularization: 1e-3, refinedShare: 0.3)

    @Test("The result solves the equation that defines it", arguments: [(9, 6), (6, 9), (2, 7)])
    func equation(_ rows: Int, _ columns: Int) throws {
        let item = MatrixCase(rows, columns, tasks: 3)
        let identity = Tensor([columns, columns]) { $0 % (columns + 1) == 0 ? 1.0 : 0 }
        var covariances = Tensor.zeros([columns, columns], dtype: .float64)
        var target = Tensor.zeros([rows, columns], dtype: .float64)
        for task in 0..<3 {
            let vector = item.tensor(task)
            let centered = vector - vector.mean(over: 0, keepsDimension: true)
            let covariance = centered.gramMatrix(of: .columns)
            covariances.accumulate(covariance)
            target.accumulate(centered.matrixProduct(covariance + identity.scaled(by: 1e-3)))
        }
        let all = covariances + identity.scaled(by: 3e-3) + covariances.mean(over: 0, keepsDimension: true)
        let merged = try item.merged(Self.fusion)
        #expect(merged.matrixProduct(all).deviation(from: target) < 1e-10)
    }

    @Test("Norms differ much if the variance of their logarithms is large beside their mean")
    func variation() {
        #expect(!CovarianceWeightedFusion.isVaried([0.01, 0.01, 0.011]))
        #expect(CovarianceWeightedFusion.isVaried([0.01, 0.01, 1e-7]))
        // Around 1, logarithms are near 0.
        #expect(CovarianceWeightedFusion.isVaried([1, 1.5]))
        #expect(!CovarianceWeightedFusion.isVaried([1e-7]))
        #expect(!CovarianceWeightedFusion.isVaried([]))
    }

    @Test("A task that has changed nothing takes no part; if none has, nothing changes")
    func silent() throws {
        let item = MatrixCase(6, 5, tasks: 2)
        let zero = [Float](repeating: 0, count: 30)
        let silent = MatrixCase(6, 5, vectors: [item.vectors[0], zero, item.vectors[1]])
        #expect(try silent.merged(Self.fusion).deviation(from: item.merged(Self.fusion)) == 0)
        #expect(try MatrixCase(6, 5, vectors: [zero, zero]).merged(Self.fusion).largestMagnitude == 0)
    }

    @Test("A matrix of one row is averaged, and rows that are all the same are no trouble")
    func rows() throws {
        let row = MatrixCase(1, 5, tasks: 3)
        #expect(try row.merged(Self.fusion).deviation(from: row.sum.scaled(by: 1.0 / 3)) < 1e-12)
        let same = (0..<30).map { Float($0 % 5) + 1 }
        #expect(try MatrixCase(6, 5, vectors: [same]).merged(Self.fusion).largestMagnitude < 1e-9)
        let mixed = MatrixCase(6, 5, vectors: [same, MatrixCase(6, 5, tasks: 1).vectors[0]])
        #expect(try mixed.merged(Self.fusion).largestMagnitude.isFinite)
    }

    @Test("Matrices of low rank have a result, with and without the refinement")
    func lowRank() throws {
        let first = (0..<30).map { (index: Int) -> Float in Float(index / 5) * Float(index % 5 - 2) * 0.01 }
        for factor in [Float(0.5), 1e-4] {
            let item = MatrixCase(6, 5, vectors: [first, first.map { $0 * factor }])
            let merged = try item.merged(Self.fusion)
            #expect(merged.largestMagnitude.isFinite && merged.largestMagnitude > 0)
        }
    }

    @Test("Numbers out of range are refused")
    func problems() throws {
        let problems = try MergingRun.method("{_target_: fusion_bench.method.ACEMerging, eps: 0, k_frac: 1.5}")
            .problems(
                with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        #expect(
            problems == [
                "ACE merging needs a number from 0.0 to 1.0 as 'k_frac', not 1.5",
                "ACE merging needs a positive number as 'eps', not 0.0",
            ])
    }
}
