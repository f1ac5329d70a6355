import Checkpoints
import Configuration
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("RanDeS")
struct SuperpositionTests {
    @Test(
        "The same tensors as the reference, where random numbers do not matter",
        arguments: SpectralFixtures.cases("randes"))
    func parity(_ item: MergingCase) throws { try SpectralFixtures.check(item) }

    @Test("The cases are there")
    func cases() { #expect(SpectralFixtures.cases("randes").count > 8) }

    private static func method(_ mode: String, _ more: String = "") -> String {
        "{_target_: fusion_bench.method.randes.SuperposedTaskArithmeticAlgorithm, mode: \(mode), "
            + "target_layer: [mlp_w, attn_w], scaling_factor: 0.5\(more)}"
    }

    @Test(
        "What comes back is the sum of all, times a matrix and back",
        arguments: SuperpositionMatrices.Mode.allCases, [true, false])
    func definition(_ mode: SuperpositionMatrices.Mode, _ differs: Bool) throws {
        let models = MergingFixtures.pool("clip", "base", "a", "b", "c")
        let found = try MergingRun.fuse(
            Self.method(mode.rawValue, ", different_across_layers: \(differs), random_seed: 7"), models,
            family: .clipVision)
        let matrices = SuperpositionMatrices(
            mode: mode, seed: 7, differsAcrossLayers: differs, models: ["a", "b", "c"])
        let key = "encoder.layers.1.mlp.fc2.weight"
        let aligned = try MergingRun.pool(models, .clipVision).aligned(names: ["a", "b", "c"], withPretrained: true)
        let input = try #require(aligned.parameters.first { $0.key == key }).input
        let base = try #require(input.pretrained).readTensor().converted(to: .float64)
        var sum = Tensor.zeros(base.shape, dtype: .float64)
        for (number, model) in input.models.enumerated() {
            let vector = try model.readTensor().converted(to: .float64) - base
            sum.accumulate(try matrices.product(vector, model: number, layer: key, inverted: false))
        }
        for (number, name) in ["a", "b", "c"].enumerated() {
            let back = try matrices.product(sum, model: number, layer: key, inverted: true)
            let expected = base + back * Tensor(0.5)
            let error = try #require(found[name]?[key]).error(from: expected)
            #expect(error < 1e-5, "\(name): \(error)")
        }
    }

    @Test("What a matrix does is taken back", arguments: SuperpositionMatrices.Mode.allCases)
    func inverses(_ mode: SuperpositionMatrices.Mode) throws {
        let matrices = SuperpositionMatrices(mode: mode, seed: 1, differsAcrossLayers: true, models: ["a", "b"])
        let matrix = Tensor([3, 9]) { Double($0) - 13 }
        let there = try matrices.product(matrix, model: 1, layer: "x", inverted: false)
        let back = try matrices.product(there, model: 1, layer: "x", inverted: true)
        let error = (back - matrix).array(of: Double.self).map(abs).max() ?? .nan
        #expect(error < 1e-5)
        guard mode != .identity else { return }
        // Another model, layer or seed has another matrix.
        let others = [
            try matrices.product(matrix, model: 0, layer: "x", inverted: false),
            try matrices.product(matrix, model: 1, layer: "y", inverted: false),
            try SuperpositionMatrices(mode: mode, seed: 2, differsAcrossLayers: true, models: ["a", "b"])
                .product(matrix, model: 1, layer: "x", inverted: false),
        ]
        for other in others { #expect(other.array(of: Double.self) != there.array(of: Double.self)) }
        if mode == .rotation || mode == .signs {
            let norm = (there * there).array(of: Double.self).reduce(0, +)
            #expect(abs(norm - (matrix * matrix).array(of: Double.self).reduce(0, +)) < 1e-6 * norm)
        }
    }

    @Test("Layers go round, or change places among those of their kind, and come back")
    func places() {
        let names = (0..<4).flatMap { ["layers.\($0).mlp.weight", "layers.\($0).norm.weight"] } + ["head.weight"]
        func layers(_ shift: LayerShift, interval: Int = 1) -> SuperpositionLayers {
            SuperpositionLayers(names, kinds: [.mlp], interval: interval, shift: shift, models: 3)
        }
        let round = layers(.steps(3))
        #expect(round.targets == Set((0..<4).map { "layers.\($0).mlp.weight" }))
        #expect(round.source(at: "layers.1.mlp.weight", model: 0) == "layers.1.mlp.weight")
        #expect(round.source(at: "layers.1.mlp.weight", model: 1) == "layers.2.mlp.weight")
        #expect(round.place(of: "layers.2.mlp.weight", model: 1) == "layers.1.mlp.weight")
        #expect(round.source(at: "layers.1.norm.weight", model: 1) == "layers.1.norm.weight")
        #expect(layers(.steps(1), interval: 3).targets == ["layers.2.mlp.weight"])
        let shuffled = layers(.shuffled(seed: 3, models: ["a", "b", "c"]))
        var moved = 0
        for model in 0..<3 {
            for name in round.targets {
                let place = shuffled.place(of: name, model: model)
                #expect(shuffled.source(at: place, model: model) == name)
                moved += place == name ? 0 : 1
            }
        }
        #expect(moved > 3 && shuffled.missing.isEmpty)
        #expect(
            SuperpositionLayers(["0.mlp", "2.mlp"], kinds: [.mlp], interval: 1, shift: .steps(1), models: 2)
                .missing == ["1.mlp"])
    }

    @Test("A model alone comes back with all its layers, shuffled or not")
    func alone() throws {
        let models = MergingFixtures.pool("clip", "base", "a")
        let plain = try MergingRun.fuse(Self.method("identity_matrix"), models, family: .clipVision)["a"]
        let expected = try #require(plain)
        for more in ["", ", shift_layers: -1", ", shift_layers: 1"] {
            let found = try MergingRun.fuse(
                Self.method("random_binary_diagonal_matrix", more), models, family: .clipVision)["a"]
            #expect(found == expected, "\(more)")
        }
    }

    @Test("The absorber is divided as in the reference, or not")
    func absorber() throws {
        let models = MergingFixtures.pool("clip", "base", "a", "b")
        let soup =
            "_target_: fusion_bench.method.randes.SuperposedModelSoupAlgorithm, mode: identity_matrix, "
            + "target_layer: [mlp_w], absorber: pretrained"
        let key = "post_layernorm.weight"
        let divided = try #require(try MergingRun.fuse("{\(soup)}", models, family: .clipVision)["a"]?[key]).values
        let whole = try #require(
            try MergingRun.fuse("{\(soup), divide_absorber: false}", models, family: .clipVision)["a"]?[key])
        #expect(whole.values.map { $0 / 2 } == divided)
        let base = try MergingRun.pool(models, .clipVision).load("_pretrained_").tensors[key]
        #expect(try whole.bytes == #require(base).readAll())
    }

    @Test("Adapters: the factors come back, and their product is added", arguments: [true, false], [0, 1, -1])
    func adapters(_ scales: Bool, _ shift: Int) throws {
        let pool = try AdapterPool()
        let names = ["a", "b", "c"]
        let found = try MergingRun.fuse(
            Self.adapters(", scale_adapters: \(scales), shift_layers: \(shift)"), pool.models)
        let matrices = SuperpositionMatrices(mode: .signs, seed: 42, differsAcrossLayers: true, models: names)
        let order: LayerShift = shift < 0 ? .shuffled(seed: 42, models: names) : .steps(shift)
        let module = "layers.1.attn.q_proj"
        let factors = ["layers.0.attn.q_proj", module].flatMap { ["\($0).lora_A.weight", "\($0).lora_B.weight"] }
        let layers = SuperpositionLayers(
            factors + (shift == 1 ? [] : ["layers.0.mlp.fc.lora_A.weight", "layers.0.mlp.fc.lora_B.weight"]),
            kinds: [.attentionWeights], interval: 1, shift: order, models: 3)
        func back(_ letter: String, _ task: Int) throws -> Tensor {
            let place = layers.place(of: "\(module).lora_\(letter).weight", model: task)
            var sum: Tensor?
            for (model, name) in names.enumerated() {
                let source = layers.source(at: place, model: model)
                let factor = try pool.factor(name, source.replacing(".lora_\(letter).weight", with: ""), letter)
                let product = try matrices.product(factor, model: model, layer: place, inverted: false)
                sum = sum.map { $0 + product } ?? product
            }
            return try matrices.product(#require(sum), model: task, layer: place, inverted: true)
        }
        for (task, name) in names.enumerated() {
            let product = try back("B", task).matrixProduct(
                back("A", task), scale: 0.5 * (scales ? AdapterPool.alpha / 2 : 1))
            let expected = try pool.base(module + ".weight") + product
            let error = try #require(found[name]?[module + ".weight"]).error(from: expected)
            #expect(error < 0x1p-8, "\(name): \(error)")
            #expect(
                try #require(found[name]?["layers.0.norm.weight"]).error(from: pool.base("layers.0.norm.weight")) == 0)
        }
    }

    private static func adapters(_ more: String) -> String {
        "{_target_: fusion_bench.method.randes.SuperposedTaskArithmeticLoRAAlgorithm, "
            + "mode: random_binary_diagonal_matrix, target_layer: [attn_w], scaling_factor: 0.5\(more)}"
    }

    @Test("The same bytes on any number of ranks and threads", arguments: SuperpositionMatrices.Mode.allCases)
    func bytes(_ mode: SuperpositionMatrices.Mode) throws {
        try MergingParity.checkSameBytes(
            Self.method(mode.rawValue, ", shift_layers: -1"), MergingFixtures.pool("clip", "base", "a", "b", "c"),
            family: .clipVision)
    }

    @Test("The same bytes of adapters on any number of ranks and threads")
    func adapterBytes() throws {
        let pool = try AdapterPool()
        try MergingParity.checkSameBytes(Self.adapters(""), pool.models)
        withExtendedLifetime(pool) {}
    }

    @Test("What does not fit is refused")
    func problems() throws {
        func problems(_ method: String, _ models: [(name: String, path: String)]) throws -> [String] {
            try MergingRun.method(method).problems(with: MergingRun.pool(models))
        }
        let plain = MergingFixtures.pool("clip", "base", "a", "b")
        #expect(try problems(Self.adapters(""), plain).first?.contains("the models have none") == true)
        let (mixed, pool) = (try AdapterPool(ranks: [2, 3]), try AdapterPool())
        defer { withExtendedLifetime((mixed, pool)) {} }
        let ranks = try problems(Self.adapters(""), mixed.models)
        #expect(ranks.first?.contains("needs adapters of one rank") == true)
        let shifted = try problems(Self.method("identity_matrix", ", shift_layers: 1"), pool.models)
        #expect(
            shifted.contains { $0.contains("'layers.1.mlp.fc.weight', which the models do not have") }, "\(shifted)")
        #expect(throws: ConfigurationError.self) { try MergingRun.method(Self.method("manual_absorption")) }
        #expect(throws: ConfigurationError.self) {
            try MergingRun.method(Self.method("identity_matrix", ", dropout_rate: 0"))
        }
    }
}
