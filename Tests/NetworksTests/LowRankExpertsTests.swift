import Networks
import OrderedCollections
import Tensors
import Testing

@Suite("Low-rank experts")
struct LowRankExpertsTests {
    /// Two experts for inputs of two numbers, which look at one of them each.
    private static func experts() throws -> [LowRankExperts.Expert] {
        [
            LowRankExperts.Expert(
                gate: try Tensor([1, 0] as [Float], shape: [1, 2]), a: try Tensor([1, 1] as [Float], shape: [1, 2]),
                b: try Tensor([1, 2, 3] as [Float], shape: [1, 3]), bias: Tensor([0, 0, 1] as [Float])),
            LowRankExperts.Expert(
                gate: try Tensor([0, 1] as [Float], shape: [1, 2]), a: try Tensor([1, -1] as [Float], shape: [1, 2]),
                b: try Tensor([1, 0, 0] as [Float], shape: [1, 3]), bias: nil),
        ]
    }

    @Test("A row goes to the expert whose directions it follows most, the first one of equals")
    func one() throws {
        let mixture = LowRankExperts(try Self.experts(), chosenCount: 1)
        let rows = try Tensor([-3, 1, 1, 4, 2, 2] as [Float], shape: [1, 3, 2])
        let result = mixture(rows)
        #expect(result.shape == [1, 3, 3])
        #expect(result.array(of: Float.self) == [-2, -4, -5, -3, 0, 0, 4, 8, 13])
    }

    @Test("Several experts share a row by the softmax of lengths")
    func several() throws {
        let mixture = LowRankExperts(try Self.experts(), chosenCount: 2)
        let result = mixture(try Tensor([2, 2, 2, 1] as [Float], shape: [2, 2])).array(of: Float.self)
        #expect(result.prefix(3) == [2, 4, 6.5])
        // 1 / (1 + 1 / e) of the first expert.
        let share: Float = 0.731_058_6
        for (found, expected) in zip(result.suffix(3), [3 * share + 1 - share, 6 * share, 10 * share]) {
            #expect(abs(found - expected) < 1e-5)
        }
    }

    @Test("An expert alone takes all rows; one of rank 0 adds its bias")
    func alone() throws {
        let empty = Tensor.zeros([0, 2])
        let expert = LowRankExperts.Expert(
            gate: empty, a: empty, b: Tensor.zeros([0, 3]), bias: Tensor([1, 2, 3] as [Float]))
        let rows = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
        #expect(LowRankExperts([expert], chosenCount: 1)(rows).array(of: Float.self) == [1, 2, 3, 1, 2, 3])
        // Without directions it is the last one that a row goes to.
        let mixture = LowRankExperts([expert] + (try Self.experts()), chosenCount: 1)
        #expect(mixture(try Tensor([5, 1] as [Float], shape: [1, 2])).array(of: Float.self) == [6, 12, 19])
    }

    @Test("Experts that do not fit a layer are told by name")
    func misfits() throws {
        let mixture = LowRankExperts(try Self.experts(), chosenCount: 1)
        #expect(mixture.misfits(inputs: 2, outputs: 3).isEmpty)
        let names = mixture.misfits(inputs: 4, outputs: 3).map(\.name)
        #expect(names == ["experts.0.gate", "experts.0.a", "experts.1.gate", "experts.1.a"])
        let parameters = Parameters(
            ["layer.weight": Tensor.zeros([5, 2]), "layer.bias": Tensor.zeros([5])], adapters: ["layer": mixture])
        let error = #expect(throws: ParameterError.self) {
            try parameters.makeNetwork { Linear($0["layer"], inputs: 2, outputs: 5) }
        }
        #expect(
            error?.problems == [
                .wrongShape(name: "layer.experts.0.b", found: [1, 3], expected: [1, 5]),
                .wrongShape(name: "layer.experts.0.bias", found: [3], expected: [5]),
                .wrongShape(name: "layer.experts.1.b", found: [1, 3], expected: [1, 5]),
            ])
    }
}
