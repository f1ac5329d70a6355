import Checkpoints
import Configuration
import Foundation
import OrderedCollections
import TestSupport
import Testing

@testable import FusionBench

@Suite("What all methods have in common")
struct MethodConformanceTests {
    @Test("Models that are all equal give themselves", arguments: MethodConformance.all.filter(\.keepsEqualModels))
    func equalModels(_ item: MethodConformance) throws {
        try compareWithBase(item.method, try SyntheticPool(item.models, .equal), item)
    }

    @Test("A scale of zero gives the base", arguments: MethodConformance.all.filter { $0.zeroArguments != nil })
    func zeroScale(_ item: MethodConformance) throws {
        let method = item.configuration(try #require(item.zeroArguments))
        try compareWithBase(method, try SyntheticPool(item.models), item)
    }

    @Test(
        "Names, shapes and types are kept, integers too; the same bytes on any number of ranks and threads",
        arguments: MethodConformance.all)
    func sameBytes(_ item: MethodConformance) throws {
        let pool = try SyntheticPool(item.models)
        let first = try MergingRun.fuse(item.method, pool.models, seed: 5)
        #expect(first.count == item.resultCount)
        let base = try SafetensorsFile(pool.models[0].path).stateDict.tensors
        for model in first.values {
            #expect(Set(model.keys) == Set(base.keys))
            for (name, tensor) in base {
                #expect(model[name]?.dtype == tensor.dtype && model[name]?.shape == tensor.shape, "\(name)")
            }
            #expect(model["position_ids"]?.bytes == (try base["position_ids"]?.readAll()))
        }
        for (ranks, threads) in [(1, 2), (1, 4), (2, 1), (3, 2), (5, 1)] {
            let other = try MergingRun.fuse(item.method, pool.models, ranks: ranks, threads: threads, seed: 5)
            #expect(other == first, "\(ranks) ranks of \(threads) threads")
        }
        let reseeded = try MergingRun.fuse(item.method, pool.models, seed: 6)
        #expect((reseeded != first) == item.isRandom, "seed")
    }

    @Test("A value that is no number is named", arguments: MethodConformance.all.filter(\.computes))
    func nonFinite(_ item: MethodConformance) throws {
        let pool = try SyntheticPool(item.models, .nonFinite(tensor: SyntheticPool.layerWeight))
        #expect {
            try MergingRun.fuse(item.method, pool.models)
        } throws: { error in
            "\(error)".contains(
                "'\(SyntheticPool.layerWeight)' of the model '\(item.models.last ?? "")' holds nan at [6, 0]")
        }
    }

    @Test("Every registered method of the configuration files has a line, and its file is accepted")
    func completeness() throws {
        let registered = Set(TargetRegistry.fusionBench.names)
        let covered = Set(MethodConformance.all.map { "fusion_bench.method." + $0.target })
        let directory = Repository.directory + "/config/method"
        let files = try #require(FileManager.default.enumerator(atPath: directory)).compactMap { $0 as? String }
            .filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(files.count > 30)
        for file in files {
            // What only a job knows, and what a user must say.
            let text = try String(contentsOfFile: directory + "/" + file, encoding: .utf8)
                .replacing("${path.log_dir}", with: "logs").replacing("${fast_dev_run}", with: "false")
                .replacing("${hydra:runtime.output_dir}", with: "out")
                .replacing("layer_indices: null", with: "layer_indices: [0]")
            let configuration = try ConfigurationValue(yaml: text, name: file)
            guard let target = configuration["_target_"]?.string, registered.contains(target) else { continue }
            // Methods that look at images, or take adapters alone, have tests of their own.
            let hasOwnTests =
                file.hasPrefix("classification/") || file.hasSuffix("_lora.yaml")
                || file == "smile_upscaling/error_accumulation.yaml"
            #expect(covered.contains(target) || hasOwnTests, "\(file)")
            let method = try Instantiator(.fusionBench).instantiate(configuration, legacy: .method, recursive: false)
            #expect(method is any FusionMethod, "\(file)")
        }
    }

    private func compareWithBase(_ method: String, _ pool: SyntheticPool, _ item: MethodConformance) throws {
        let base = try SafetensorsFile(pool.models[0].path).stateDict.tensors
        let results = try MergingRun.fuse(method, pool.models)
        #expect(results.count == item.resultCount, "\(method)")
        for model in results.values { try MergingParity.compare(model, base, method) }
    }
}
