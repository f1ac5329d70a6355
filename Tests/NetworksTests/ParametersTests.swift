import Networks
import OrderedCollections
import Tensors
import Testing

@Suite struct ParametersTests {
    /// All that is wrong is said at once.
    @Test func problemsAreListedTogether() throws {
        var dict = try EncoderFixture.load().stateDict(.float32)
        dict["layers.0.mlp.fc1.weight"] = Tensor.zeros([20, 13])
        dict["layers.1.layer_norm1.weights"] = dict.removeValue(forKey: "layers.1.layer_norm1.weight")
        dict["layers.0.self_attn.k_proj.bias"] = try Tensor(
            copying: UnsafeRawBufferPointer(start: nil, count: 0), shape: [0], dtype: .float32)
        dict["layers.0.layer_norm2.bias"] = try [UInt8](repeating: 0, count: 96).withUnsafeBytes {
            try Tensor(copying: $0, shape: [12], dtype: .complex64)
        }
        let error = #expect(throws: ParameterError.self) { try Parameters(dict).makeNetwork(Encoder.init) }
        #expect(
            error?.problems == [
                .wrongShape(name: "layers.0.self_attn.k_proj.bias", found: [0], expected: [12]),
                .notNumbers(name: "layers.0.layer_norm2.bias", dtype: .complex64),
                .wrongShape(name: "layers.0.mlp.fc1.weight", found: [20, 13], expected: [20, 12]),
                .missing(
                    name: "layers.1.layer_norm1.weight", shape: [12],
                    nearest: error?.problems.compactMap(nearest).first ?? []),
                .unexpected(name: "layers.1.layer_norm1.weights"),
            ])
        let text = error?.description ?? ""
        #expect(text.contains("layers.0.mlp.fc1.weight has the shape [20, 13] instead of [20, 12]"))
        #expect(text.contains("layers.1.layer_norm1.weight of shape [12] is missing; there is "))
        #expect(error?.problems.compactMap(nearest).first?.contains("layers.1.layer_norm1.weights") == true)
        #expect(text.contains("layers.1.layer_norm1.weights is not a parameter of the network"))
        #expect(text.split(separator: "\n").count == 6)
    }

    private func nearest(_ problem: ParameterError.Problem) -> [String]? {
        if case .missing(_, _, let nearest) = problem { return nearest }
        return nil
    }

    @Test func unexpectedParametersMayBeIgnored() throws {
        var dict = try EncoderFixture.load().stateDict(.float32)
        dict["logit_scale"] = Tensor(4.6 as Float)
        #expect(throws: ParameterError(problems: [.unexpected(name: "logit_scale")])) {
            try Parameters(dict).makeNetwork(Encoder.init)
        }
        _ = try Parameters(dict).makeNetwork(unexpected: .areIgnored, Encoder.init)
    }

    @Test func storedTypesAreConverted() throws {
        let dict: OrderedDictionary<String, Tensor> = [
            "weight": try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]).converted(to: .bfloat16)
        ]
        let layer = try Parameters(dict).makeNetwork { Linear($0, inputs: 2, outputs: 2, hasBias: false) }
        #expect(layer.weight.dtype == .float32)
        #expect(layer(try Tensor([1, 1] as [Float], shape: [1, 2])).array(of: Float.self) == [3, 7])
        let optional = try Parameters(dict).makeNetwork {
            ($0.optionalTensor("weight", [2, 2]), $0.optionalTensor("bias", [2]))
        }
        #expect(optional.0 != nil && optional.1 == nil)
    }

    @Test func otherLayers() throws {
        let dict: OrderedDictionary<String, Tensor> = [
            "tokens.weight": Tensor([3, 2]) { Float($0) }, "convolution.weight": Tensor.ones([2, 1, 2, 2]),
            "convolution.bias": Tensor([0, 1] as [Float]),
        ]
        let (embedding, convolution) = try Parameters(dict).makeNetwork {
            (
                Embedding($0["tokens"], count: 3, width: 2),
                Conv2d($0["convolution"], channels: 1, outputs: 2, kernel: 2, stride: 2)
            )
        }
        #expect(try embedding(Tensor([2, 0])).array(of: Float.self) == [4, 5, 0, 1])
        #expect(throws: TensorError.index(3, position: 1, count: 3)) { try embedding(Tensor([0, 3])) }
        let images = Tensor([1, 1, 2, 4]) { Float($0) }
        #expect(convolution(images).array(of: Float.self) == [10, 18, 11, 19])
        #expect(convolution.patches(images).array(of: Float.self) == [10, 11, 18, 19])
    }
}
