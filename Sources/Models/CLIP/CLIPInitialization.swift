public import Checkpoints
public import JSON
import Networks
public import OrderedCollections
import Tensors

/// The weights that a CLIP model begins its training with, as `transformers` draws them: normal numbers for weights, zeros for
/// biases, ones for the scales of normalisations.
///
/// Each number depends on the seed, the name of its tensor and its place alone. They are made when somebody reads them.
public struct CLIPInitialization: Sendable {
    private let configuration: CLIPConfiguration
    private let seed: UInt64
    private let factor: Double
    /// The deviation of the embeddings of tokens, patches and positions.
    private let range: Double
    private let logitScale: Float

    /// The weights of a model.
    ///
    /// - Parameters:
    ///   - value: What `config.json` holds.
    ///   - path: Where it was read from, for messages.
    ///   - seed: The seed of all numbers.
    /// - Throws: `CLIPError.configuration` with everything that is wrong.
    public init(_ value: JSONValue, path: String, seed: UInt64) throws(CLIPError) {
        configuration = try CLIPConfiguration(value, path: path)
        self.seed = seed
        factor = value["initializer_factor"]?.double ?? 1
        range = value["vision_config"]?["initializer_range"]?.double ?? 0.02
        logitScale = Float(value["logit_scale_init_value"]?.double ?? 2.6592)
    }

    /// All tensors by the names of `transformers`' `CLIPModel`.
    public var tensors: OrderedDictionary<String, LazyTensor> {
        let shapes = Parameters.shapes { CLIPModel($0, configuration) }
        var tensors: OrderedDictionary<String, LazyTensor> = [:]
        for (name, shape) in shapes {
            tensors[name] = LazyTensor(dtype: .float32, shape: shape, source: source(name))
        }
        return tensors
    }

    private func source(_ name: String) -> any TensorSource {
        if name == "logit_scale" { return EqualNumbers(value: logitScale) }
        if name.hasSuffix(".bias") { return EqualNumbers(value: 0) }
        guard let deviation = deviation(name) else { return EqualNumbers(value: 1) }
        return NormalNumbers(
            stream: RandomStream(seed: seed, purpose: "initialization", name: name), deviation: Float(deviation))
    }

    /// The deviation of a weight; nil for a normalisation's.
    private func deviation(_ name: String) -> Double? {
        let isVision = name.hasPrefix("vision_model.") || name.hasPrefix("visual_projection.")
        let tower = isVision ? configuration.vision.encoder : configuration.text.encoder
        let width = Double(tower.width)
        let depth = Double(2 * tower.layerCount)
        let parts = name.split(separator: ".")
        switch parts.dropLast().last ?? "" {
        case "token_embedding": return 0.02 * factor
        case "position_embedding": return (isVision ? range : 0.02) * factor
        case "patch_embedding": return range * factor
        case "q_proj", "k_proj", "v_proj", "fc2": return factor / (width * depth).squareRoot()
        case "fc1": return factor / (2 * width).squareRoot()
        case "out_proj", "text_projection", "visual_projection": return factor / width.squareRoot()
        default: return parts.last == "class_embedding" ? factor / width.squareRoot() : nil
        }
    }
}

/// Elements of a normal distribution around 0, made as they are read.
private struct NormalNumbers: TensorSource {
    let stream: RandomStream
    let deviation: Float

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) {
        let values = bytes.bindMemory(to: Float.self)
        stream.fillNormal(values, from: elements.lowerBound)
        FloatArithmetic.scale(values, by: deviation)
    }
}

/// The same number everywhere.
private struct EqualNumbers: TensorSource {
    let value: Float

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) {
        bytes.bindMemory(to: Float.self).update(repeating: value)
    }
}
