import Foundation
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// What PyTorch computes for two encoder layers; see Fixtures/generate.py.
struct EncoderFixture: Decodable {
    struct Numbers: Decodable {
        let shape: [Int]
        let values: [Double]

        func tensor(_ dtype: DType) throws -> Tensor {
            try Tensor(values, shape: Shape(shape)).converted(to: dtype)
        }
    }

    let input: Numbers
    let projection: Numbers
    let output: Numbers
    let parameters: [String: Numbers]
    let gradients: [String: Numbers]

    static func load() throws -> EncoderFixture {
        let path = Repository.directory + "/Tests/NetworksTests/Fixtures/encoder.json"
        return try JSONDecoder().decode(EncoderFixture.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func stateDict(_ dtype: DType) throws -> OrderedDictionary<String, Tensor> {
        var dict: OrderedDictionary<String, Tensor> = [:]
        for name in parameters.keys.sorted() { dict[name] = try parameters[name]?.tensor(dtype) }
        return dict
    }
}

/// The fixture's network.
struct Encoder {
    let layers: [TransformerEncoderLayer]

    init(_ parameters: ParameterScope) {
        layers = (0..<2).map {
            TransformerEncoderLayer(
                parameters["layers"][$0], width: 12, headCount: 3, hiddenWidth: 20, activation: .gelu)
        }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        var stream = ResidualStream(x)
        for layer in layers { layer(&stream) }
        return stream.sum
    }
}
