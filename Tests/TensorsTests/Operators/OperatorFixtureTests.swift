import Tensors
import Testing

/// Every operator against PyTorch, and every gradient against central differences.
@Suite struct OperatorFixtureTests {
    @Test func thereAreCases() {
        #expect(OperatorCase.all.count >= 48)
    }

    @Test(arguments: OperatorCase.all)
    func doubleAgreesWithPyTorch(_ item: OperatorCase) throws {
        try expectAgreement(item, .float64, tolerance: 1e-11)
    }

    @Test(arguments: OperatorCase.all)
    func floatAgreesWithPyTorch(_ item: OperatorCase) throws {
        try expectAgreement(item, .float32, tolerance: 3e-6)
    }

    private func expectAgreement(_ item: OperatorCase, _ dtype: DType, tolerance: Double) throws {
        let tape = GradientTape()
        let inputs = try item.inputs.map { tape.watch(try OperatorCase.tensor($0, dtype)) }
        let output = try item.computed(inputs)
        #expect(output.shape.dimensions == item.output.shape)
        #expect(largestDifference(try output.doubles(), item.output.values) < tolerance)
        let projection = try OperatorCase.tensor(item.projection, dtype)
        let gradients = tape.gradients(of: (output * projection).sum(), to: inputs)
        for (gradient, expected) in zip(gradients, item.gradients) {
            #expect(gradient.shape.dimensions == expected.shape)
            #expect(largestDifference(try gradient.doubles(), expected.values) < tolerance)
        }
        // The same without a tape, which takes other ways through fused operators.
        let untraced = try item.computed(inputs.map(\.detached))
        #expect(try untraced.doubles() == output.doubles())
        #expect(!untraced.isTraced)
    }

    @Test(arguments: OperatorCase.all)
    func gradientsAreSlopes(_ item: OperatorCase) throws {
        let inputs = try item.inputs.map { try OperatorCase.tensor($0, .float64) }
        let projection = try OperatorCase.tensor(item.projection, .float64)
        func loss(_ inputs: [Tensor]) throws -> Tensor { (try item.computed(inputs) * projection).sum() }
        let tape = GradientTape()
        let watched = inputs.map(tape.watch)
        let gradients = tape.gradients(of: try loss(watched), to: watched)
        let step = 1e-6
        for (number, input) in inputs.enumerated() {
            let values = input.array(of: Double.self)
            let gradient = gradients[number].array(of: Double.self)
            // A sample of large inputs, of which every element is in some input.
            for place in Swift.stride(from: 0, to: values.count, by: max(1, values.count / 40)) {
                let losses = try [step, -step].map { step in
                    var moved = values
                    moved[place] += step
                    var all = inputs
                    all[number] = try Tensor(moved, shape: input.shape)
                    return try loss(all).number
                }
                let slope = (losses[0] - losses[1]) / (2 * step)
                #expect(abs(slope - gradient[place]) < 1e-6 * max(1, abs(slope)), "element \(place) of input \(number)")
            }
        }
    }
}
