import Checkpoints
import OrderedCollections
import Tensors
import Testing

@testable import FusionBench

@Suite("EMR merging")
struct EMRMergingTests {
    @Test("The models of all tasks are the reference's", arguments: MergingFixtures.cases("emr_merging"))
    func models(_ item: MergingCase) throws {
        let results = try MergingRun.fuse(item.method, item.models, family: .clipVision)
        let tasks = item.models.map(\.name).filter { $0 != "_pretrained_" }
        #expect(Set(results.keys) == Set(tasks))
        for task in tasks {
            try MergingParity.compare(results[task], item.expectedTensors(task), "\(item.id): \(task)")
        }
    }

    @Test(
        "The unified task vector and the masks are the reference's", arguments: MergingFixtures.cases("emr_merging"))
    func parts(_ item: MergingCase) throws {
        try expect(EMRPart(task: nil), item, "unified") { found, expected in
            #expect(MergedTensor.error(found, expected: expected) <= MergingParity.tolerance, "\(item.id)")
        }
        for (task, name) in item.models.map(\.name).filter({ $0 != "_pretrained_" }).enumerated() {
            let unified = try item.expectedTensors("unified")
            try expect(EMRPart(task: task), item, "mask_\(name)") { found, mask in
                // Where nothing is unified, there is nothing to mask.
                for (index, value) in found.values.enumerated() where mask.bytes[index] == 0 { #expect(value == 0) }
            }
            try expect(EMRPart(task: task), item, "unified") { found, expected in
                let masked = zip(found.values, expected.values).filter { $0.0 != 0 }
                #expect(masked.allSatisfy { abs($0.0 - $0.1) <= 1e-6 * abs($0.1) + 1e-9 }, "\(item.id): \(name)")
            }
            #expect(!unified.isEmpty)
        }
    }

    @Test("The scales are the reference's")
    func rescalers() throws {
        let expected: [Float] = [0.5809580683708191, 0.9799768924713135, 0.29497283697128296]
        let rescalers = try MergingRun.alone { context in
            let pool = MergingRun.pool(MergingFixtures.pool("clip", "base", "a", "b", "c"), .clipVision)
            let models = try AlignedModels(pool, names: ["a", "b", "c"], withPretrained: true)
            return try EMRMerging().rescalers(models, in: context)
        }
        #expect(zip(rescalers, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(rescalers)")
    }

    @Test("The same bytes on any number of ranks and threads")
    func sameBytes() throws {
        try MergingParity.checkSameBytes(
            "_target_: fusion_bench.method.emr_merging.EMRMerging", MergingFixtures.pool("clip", "base", "a", "b"),
            family: .clipVision)
    }

    @Test("Task vectors of zeros give the pretrained model")
    func zeroTaskVectors() throws {
        let base = MergingFixtures.directory + "/models/clip/base"
        let results = try MergingRun.fuse(
            "_target_: fusion_bench.method.emr_merging.EMRMerging", [("_pretrained_", base), ("a", base)],
            family: .clipVision)
        try MergingParity.compare(
            results["a"], try SafetensorsFile(base + "/model.safetensors").stateDict.tensors, "zero")
    }

    /// Computes a part, and hands it over with the expected one, tensor by tensor.
    private func expect(
        _ part: EMRPart, _ item: MergingCase, _ name: String, _ body: (MergedTensor, MergedTensor) throws -> Void
    ) throws {
        let tensors = try MergingRun.alone { context in
            let pool = MergingRun.pool(item.models, .clipVision)
            let models = try AlignedModels(pool, names: pool.modelNames, withPretrained: true)
            return try MergingRun.tensors(of: models.fused(part), pool, context)
        }
        for (key, tensor) in try item.expectedTensors(name) {
            try body(try #require(tensors[key], "\(item.id): \(key)"), try MergedTensor(tensor))
        }
    }
}

/// The unified task vector, or a task's part of it.
private struct EMRPart: ParameterMerger {
    let task: Int?

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        let unified = EMRTaskVector.unified(stretch)
        guard let task, let base = stretch.pretrained else {
            _ = merged.update(fromContentsOf: unified)
            return
        }
        EMRTaskVector.mask(unified, by: stretch.models[task], base, into: merged)
    }
}
