import OrderedCollections
import Testing

@testable import FusionBench

@Suite("Singular value calibration, TALL masks and recombination")
struct CalibrationTests {
    @Test("The same tensors as the reference", arguments: SpectralFixtures.cases("calibration"))
    func parity(_ item: MergingCase) throws {
        // Merged matrices are binary32, of which singular vectors are less exact.
        try SpectralFixtures.check(item, tolerance: 1e-5)
    }

    @Test("The cases are there")
    func cases() { #expect(SpectralFixtures.cases("calibration").count == 5) }

    @Test("A merged model of the pool is calibrated as if a method had made it")
    func mergedOfPool() throws {
        let pool = MergingFixtures.pool("clip", "base", "b", "c")
        let merged = ("_merged_", MergingFixtures.pool("clip", "a")[0].path)
        let calibrated = "fusion_bench.method.singular_value_calibration"
        let found = try MergingRun.fuse(
            "{_target_: \(calibrated).svc.SingularValueCalibration, alpha: 0.3}", pool + [merged], family: .clipVision)
        let name = "encoder.layers.0.mlp.fc1.weight"
        let tensor = try #require(found["merged"]?[name])
        let original = try MergingRun.fuse(
            "{_target_: fusion_bench.method.SimpleAverageAlgorithm}", [("a", merged.1)], family: .clipVision)
        #expect(tensor != original["merged"]?[name])
        #expect(found["merged"]?["pre_layrnorm.bias"] == original["merged"]?["pre_layrnorm.bias"])
    }

    @Test("What is missing is told")
    func problems() throws {
        func problems(_ method: String, _ names: String...) throws -> [String] {
            try MergingRun.method("{_target_: fusion_bench.method.singular_value_calibration.\(method)}").problems(
                with: MergingRun.pool(
                    names.flatMap { MergingFixtures.pool("clip", $0) }, .clipVision))
        }
        #expect(
            try problems("svc.SingularValueCalibration, alpha: 1", "base", "a") == [
                "Singular value calibration of the model '_merged_' needs it; the pool has _pretrained_, a"
            ])
        let average = "{_target_: fusion_bench.method.SimpleAverageAlgorithm}"
        #expect(
            try problems(
                "generic.SingularValueCalibrationWithBaseMethod, alpha: 1, base_method: \(average)", "a", "b") == [
                    "Singular value calibration of Simple average needs the pretrained model; the pool has no model '_pretrained_'"
                ])
    }

    @Test("TALL masks are those of their definition", arguments: [false, true])
    func tallMasks(_ comparesTaskVectors: Bool) throws {
        let pool = MergingFixtures.pool("clip", "base", "a", "b", "c")
        let method =
            "{_target_: fusion_bench.method.tall_mask.TallMaskTaskArithmeticAlgorithm, tall_mask_lambda: 0.6, compare_task_vectors: \(comparesTaskVectors)}"
        let found = try MergingRun.fuse(method, pool, family: .clipVision)
        let sum = try MergingRun.fuse(
            "{_target_: fusion_bench.method.TaskArithmeticAlgorithm, scaling_factor: 1}", pool, family: .clipVision)
        let name = "encoder.layers.1.mlp.fc2.weight"
        let own = try Dictionary(
            uniqueKeysWithValues: pool.map { model in
                (model.name, try tensor(model.path, name))
            })
        let base = try #require(own["_pretrained_"])
        let whole = try #require(sum["merged"]?[name]).values
        for task in ["a", "b", "c"] {
            let values = try #require(found[task]?[name]).values
            let tuned = try #require(own[task])
            var kept = 0
            for index in values.indices {
                let (vector, all) = (tuned[index] - base[index], whole[index] - base[index])
                let size = comparesTaskVectors ? abs(vector) : abs(base[index] - vector)
                let limit = 0.6 * abs(all - vector)
                // Where both are nearly equal, rounding decides.
                if abs(size - limit) < 1e-6 { continue }
                let expected = size > limit ? whole[index] : base[index]
                #expect(abs(values[index] - expected) < 1e-6)
                if size > limit { kept += 1 }
            }
            #expect(kept > 20 && kept < values.count)
        }
    }

    @Test("Recombined models have each tensor of the pool once")
    func recombination() throws {
        let pool = MergingFixtures.pool("clip", "a", "b", "c")
        let found = try MergingRun.fuse(
            "{_target_: fusion_bench.method.ModelRecombinationAlgorithm}", pool, family: .clipVision, seed: 3)
        let name = "encoder.layers.1.mlp.fc2.weight"
        let old = try pool.map { try tensor($0.path, name) }
        let new = try ["a", "b", "c"].map { try #require(found[$0]?[name]).values }
        #expect(Set(new) == Set(old))
        let first = try MergingRun.fuse(
            "{_target_: fusion_bench.method.ModelRecombinationAlgorithm, return_modelpool: false}", pool,
            family: .clipVision, seed: 3)
        #expect(first["merged"] == found["a"])
    }

    private func tensor(_ path: String, _ name: String) throws -> [Float] {
        let tensors = try MergingRun.fuse(
            "{_target_: fusion_bench.method.SimpleAverageAlgorithm}", [("a", path)], family: .clipVision)
        return try #require(tensors["merged"]?[name]).values
    }
}
