import Foundation
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("NUFILT")
struct NUFILTTests {
    private static func filter(
        null: Int = 3, task: Int = 2, residual: Int = 0, filters: Bool = true, rate: Double = 1e-3, steps: Int = 50
    ) -> NullSpaceFilter {
        NullSpaceFilter(
            nullRank: null, taskRank: task, residualRank: residual, filtersNullSpace: filters, learningRate: rate,
            stepCount: steps)
    }

    private static func merged(_ filter: NullSpaceFilter, _ item: MatrixCase) throws -> Tensor {
        let random = RandomStream(seed: 3, purpose: "test", name: "")
        return try filter.merged(
            item.tensor(0), item.tensor(1), start: filter.start(columns: item.columns, random))
    }

    @Test("Along the main inputs of the merged task vector, nothing changes")
    func nullSpace() throws {
        let item = MatrixCase(9, 7, tasks: 2)
        let (old, new) = (item.tensor(0), item.tensor(1))
        let merged = try Self.merged(Self.filter(), item)
        let kept = try old.leadingSingularVectors(3).right
        let others = try old.leadingSingularVectors().right[3..<7]
        func image(_ matrix: Tensor, _ inputs: Tensor) -> Tensor { matrix.matrixProduct(inputs, transposesOther: true) }
        #expect(image(merged, kept).deviation(from: image(old, kept)) < 1e-12)
        #expect(image(merged, others).deviation(from: image(old + new, others)) < 1e-12)
    }

    @Test(
        "The correction: the same as the authors' code after some steps",
        arguments: SpectralFixtures.cases("nufilt_descent"))
    func descent(_ item: MergingCase) throws {
        struct Method: Decodable {
            let lora_r: Int
            let null_r: Int
            let grad_r: Int
            let null_space: Bool
            let lr: Double
            let max_steps: Int
        }
        let method = try JSONDecoder().decode(Method.self, from: Data(item.method.utf8))
        let table = try #require(item.table)
        func matrix(_ name: String, _ shape: Shape) throws -> Tensor {
            Tensor(try #require(table[name])).reshaped(shape)
        }
        let filter = NullSpaceFilter(
            nullRank: method.null_r, taskRank: method.grad_r, residualRank: method.lora_r,
            filtersNullSpace: method.null_space, learningRate: method.lr, stepCount: method.max_steps)
        let found = try filter.merged(
            matrix("merged", [9, 7]), matrix("vector", [9, 7]), start: FloatMatrix(matrix("start", [2, 7])))
        // Steps of Adam in binary32, beside the same in binary64.
        #expect(try found.deviation(from: matrix("result", [9, 7])) < 1e-5)
        let plain = try Self.filter(filters: method.null_space).merged(
            matrix("merged", [9, 7]), matrix("vector", [9, 7]), start: FloatMatrix(rows: 0, columns: 7))
        #expect(found.deviation(from: plain) > 1e-4)
    }

    @Test("The correction brings the result nearer to the new task vector along its main inputs")
    func correction() throws {
        let item = MatrixCase(12, 10, tasks: 2, deviation: 0.5)
        let (old, new) = (item.tensor(0), item.tensor(1))
        let kept = try old.leadingSingularVectors(3).right
        let main = try new.leadingSingularVectors(2).right
        func loss(_ merged: Tensor) -> Double {
            let first = (new - merged).matrixProduct(main, transposesOther: true)
            let second = (old - merged).matrixProduct(kept, transposesOther: true)
            return (first * first).sum().number + (second * second).sum().number
        }
        let plain = try Self.merged(Self.filter(), item)
        let corrected = try Self.merged(Self.filter(residual: 4, rate: 0.01, steps: 500), item)
        #expect(loss(corrected) < 0.1 * loss(plain))
        #expect(try Self.merged(Self.filter(residual: 4, steps: 0), item).deviation(from: plain) == 0)
    }

    @Test("A merged task vector of 0 protects nothing, and a new one of 0 changes nothing")
    func degenerate() throws {
        let one = MatrixCase(6, 4, tasks: 1)
        let zero = [Float](repeating: 0, count: 24)
        for residual in [0, 2] {
            let filter = Self.filter(null: 99, residual: residual, steps: 5)
            let first = MatrixCase(6, 4, vectors: [zero, one.vectors[0]])
            #expect(try Self.merged(Self.filter(null: 99), first).deviation(from: one.sum) < 1e-12)
            #expect(try Self.merged(filter, first).largestMagnitude.isFinite)
            let second = MatrixCase(6, 4, vectors: [one.vectors[0], zero])
            #expect(try Self.merged(filter, second).deviation(from: one.sum) < 1e-12)
            #expect(try Self.merged(filter, MatrixCase(6, 4, vectors: [zero, zero])).largestMagnitude == 0)
            #expect(try Self.merged(filter, MatrixCase(1, 4, tasks: 2)).largestMagnitude.isFinite)
        }
        let none = Self.filter(null: 0, task: 0, residual: 2, steps: 5)
        let two = MatrixCase(6, 4, tasks: 2)
        #expect(try Self.merged(none, two).deviation(from: two.sum) < 1e-6)
    }

    @Test("Parameters of other layers are the pretrained model's, and nothing is left in the output directory")
    func others() throws {
        let directory = try ScratchDirectory()
        let pool = MergingFixtures.pool("clip", "base", "a", "b", "c")
        let merged = try MergingRun.fuse(
            "{_target_: fusion_bench.method.NUFILT, lora_r: 2, null_r: 4, lora_layer: [fc1], shuffle_order: false}",
            pool, family: .clipVision, directory: directory)["merged"]
        let base = try MergingRun.fuse(
            "{_target_: fusion_bench.method.TaskArithmeticAlgorithm, scaling_factor: 0}", pool, family: .clipVision)
        for (name, tensor) in try #require(merged) {
            #expect((tensor != base["merged"]?[name]) == name.hasSuffix("fc1.weight"), "\(name)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }

    @Test("What fits no pool is refused")
    func problems() throws {
        func problems(_ arguments: String) throws -> [String] {
            try MergingRun.method("{_target_: fusion_bench.method.NUFILT, \(arguments)}").problems(
                with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        }
        #expect(
            try problems("null_r: -1, max_steps: -2") == [
                "NUFILT needs a number of at least 0.0 as 'null_r', not -1.0",
                "NUFILT needs a number of at least 0.0 as 'max_steps', not -2.0",
            ])
        #expect(
            try problems("lora_layer: [layer_norm, conv]") == [
                "NUFILT finds no weights of linear layers whose names have one of layer_norm, conv"
            ])
        #expect(try problems("lora_layer: []").count == 1)
    }
}
