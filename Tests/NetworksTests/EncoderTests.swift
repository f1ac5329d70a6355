import Networks
import OrderedCollections
import Tensors
import Testing

@Suite struct EncoderTests {
    @Test(arguments: [(DType.float64, 1e-11), (.float32, 1e-5)])
    func agreesWithPyTorch(_ dtype: DType, _ tolerance: Double) throws {
        let fixture = try EncoderFixture.load()
        let tape = GradientTape()
        let watched = OrderedDictionary(
            uniqueKeysWithValues: try fixture.stateDict(dtype).map { ($0.key, tape.watch($0.value)) })
        // A functional call: the network is made of other tensors than it was loaded with.
        let encoder = try Parameters(watched).makeNetwork(dtype: dtype, Encoder.init)
        let output = encoder(try fixture.input.tensor(dtype))
        expectNear(output, fixture.output, tolerance)
        let projection = try fixture.projection.tensor(dtype)
        let gradients = tape.gradients(of: (output * projection).sum(), to: Array(watched.values))
        #expect(gradients.count == fixture.gradients.count)
        for (name, gradient) in zip(watched.keys, gradients) {
            expectNear(gradient, try #require(fixture.gradients[name]), tolerance)
        }
        // Without a tape, the same.
        let plain = try Parameters(try fixture.stateDict(dtype)).makeNetwork(dtype: dtype, Encoder.init)
        #expect(try doubles(plain(try fixture.input.tensor(dtype))) == doubles(output))
    }

    /// A layer whose activations are recomputed has the same gradients.
    @Test func checkpointedLayers() throws {
        let fixture = try EncoderFixture.load()
        let results = try [false, true].map { isCheckpointed in
            let tape = GradientTape()
            let watched = OrderedDictionary(
                uniqueKeysWithValues: try fixture.stateDict(.float32).map { ($0.key, tape.watch($0.value)) })
            let encoder = try Parameters(watched).makeNetwork(Encoder.init)
            var x = try fixture.input.tensor(.float32)
            for layer in encoder.layers {
                let input = x
                let run = {
                    var stream = ResidualStream(input)
                    layer(&stream)
                    return stream.sum
                }
                x = isCheckpointed ? tape.checkpointed(run) : run()
            }
            return tape.gradients(of: x.sum(), to: Array(watched.values)).map { $0.array(of: Float.self) }
        }
        #expect(results[0] == results[1])
    }

    private func expectNear(
        _ found: Tensor, _ expected: EncoderFixture.Numbers, _ tolerance: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.shape.dimensions == expected.shape, sourceLocation: sourceLocation)
        let size = expected.values.reduce(1) { max($0, abs($1)) }
        let difference = zip((try? doubles(found)) ?? [], expected.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(difference < tolerance * size, sourceLocation: sourceLocation)
    }

    private func doubles(_ tensor: Tensor) throws -> [Double] {
        try tensor.converted(to: .float64).array(of: Double.self)
    }
}
