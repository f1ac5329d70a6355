import Checkpoints
import Configuration
import OrderedCollections
import TestSupport
import Testing

@testable import FusionBench

@Suite("Model pools")
struct ModelPoolTests {
    private static let adapters = Repository.directory + "/Tests/CheckpointsTests/Fixtures/adapters"

    private func pool(_ yaml: String) throws -> ModelPool {
        let object = try Instantiator(.fusionBench).instantiate(
            ConfigurationValue(yaml: yaml), legacy: .modelPool, recursive: false)
        return try #require(object as? ModelPool)
    }

    @Test("Models keep their order; names between underscores are special")
    func names() throws {
        let pool = try pool(
            """
            _target_: fusion_bench.modelpool.BaseModelPool
            models: {b: some/b, _pretrained_: base, a: {_target_: x.from_pretrained, pretrained_model_name_or_path: some/a, revision: v2}, _merged_: m}
            tokenizer: whatever
            """)
        #expect(pool.allNames == ["b", "_pretrained_", "a", "_merged_"])
        #expect(pool.modelNames == ["b", "a"])
        #expect(pool.hasPretrained)
        #expect(pool.references["a"]?.location == "some/a" && pool.references["a"]?.revision == "v2")
    }

    @Test("The older form with a list of models is understood")
    func olderForm() throws {
        let pool = try pool(
            """
            type: AutoModelPool
            models: [{name: _pretrained_, path: base}, {name: one, path: some/one}]
            """)
        #expect(pool.family == .generic && pool.modelNames == ["one"] && pool.references["one"]?.location == "some/one")
    }

    @Test("All models that cannot be read are listed, each with where it was looked for")
    func problems() throws {
        let pool = try pool(
            "{_target_: fusion_bench.modelpool.CausalLMPool, models: {a: /nowhere/a, b: org/nothing}}")
        let problems = pool.loadingProblems()
        #expect(problems.count == 2)
        #expect(problems.first?.contains("'a'") == true && problems.first?.contains("/nowhere/a") == true)
        #expect(problems.last?.contains("models--org--nothing") == true)
    }

    @Test(
        "An adapter alone is added to the pretrained model, and one with a base to its base, as PEFT merges them",
        arguments: ["linear", "mixed_ranks", "rank_stabilized", "embedding", "convolutions"])
    func adapters(_ name: String) throws {
        let directory = "\(Self.adapters)/\(name)"
        let expected = try PyTorchFile(directory + "/merged.pt").stateDict.tensors
        for entry in ["\(directory)", "{base_model_path: \(directory)/base.pt, peft_model_path: \(directory)}"] {
            let pool = try pool(
                """
                _target_: fusion_bench.modelpool.Seq2SeqLMPool
                models: {_pretrained_: \(directory)/base.pt, tuned: \(entry)}
                """)
            #expect(pool.loadingProblems() == [])
            let tensors = try pool.load("tuned").tensors
            #expect(Set(tensors.keys) == Set(expected.keys))
            for (key, tensor) in expected {
                let found = try MergedTensor(try #require(tensors[key]))
                let error = MergedTensor.error(found, expected: try MergedTensor(tensor))
                #expect(error <= 1e-6, "\(name): \(key) differs by \(error)")
            }
        }
    }

    @Test("An adapter that is named but not there is an error")
    func missingAdapter() throws {
        let base = Self.adapters + "/linear/base.pt"
        let pool = try pool(
            "{_target_: fusion_bench.modelpool.BaseModelPool, models: {a: {base_model_path: \(base), peft_model_path: \(base)}}}"
        )
        #expect(pool.loadingProblems().first?.contains("There is no adapter at") == true)
    }
}
