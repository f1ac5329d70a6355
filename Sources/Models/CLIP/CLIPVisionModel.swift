public import Networks
public import Tensors

/// CLIP's vision tower: an image to a vector.
public struct CLIPVisionModel: Sendable {
    /// Its sizes.
    public let configuration: CLIPVisionConfiguration
    private let patches: Conv2d
    /// `[width]`, before the patches.
    private let classEmbedding: Tensor
    private let positions: Embedding
    private let firstNorm: LayerNorm
    private let encoder: CLIPEncoder
    private let lastNorm: LayerNorm

    /// A tower of the parameters that `transformers`' `CLIPVisionModel` has, without the prefix `vision_model.`.
    public init(_ parameters: ParameterScope, _ configuration: CLIPVisionConfiguration) {
        self.configuration = configuration
        let width = configuration.encoder.width
        let epsilon = Double(configuration.encoder.normEpsilon)
        let embeddings = parameters["embeddings"]
        patches = Conv2d(
            embeddings["patch_embedding"], channels: configuration.channelCount, outputs: width,
            kernel: configuration.patchSize, stride: configuration.patchSize, hasBias: false)
        classEmbedding = embeddings.tensor("class_embedding", [width])
        positions = Embedding(embeddings["position_embedding"], count: configuration.tokenCount, width: width)
        // The name has lost a letter in the reference, and keeps it lost.
        firstNorm = LayerNorm(parameters["pre_layrnorm"], columns: width, epsilon: epsilon)
        encoder = CLIPEncoder(parameters, configuration.encoder)
        lastNorm = LayerNorm(parameters["post_layernorm"], columns: width, epsilon: epsilon)
    }

    /// The vectors of images: what becomes of the class token.
    ///
    /// - Parameter pixels: `[batch, channels, imageSize, imageSize]`, normalised.
    /// - Returns: `[batch, width]`.
    public func callAsFunction(_ pixels: Tensor) -> Tensor {
        lastNorm(encoder.pooled(embedded(pixels), by: Self.classToken))
    }

    /// What each layer makes of images, and their vectors.
    ///
    /// - Parameter pixels: `[batch, channels, imageSize, imageSize]`, normalised.
    /// - Returns: The tokens before the first layer and behind each one, `[batch, tokens, width]`; and the vectors.
    public func states(_ pixels: Tensor) -> (hidden: [Tensor], pooled: Tensor) {
        let hidden = encoder.hiddenStates(embedded(pixels))
        return (hidden, lastNorm(Self.classToken(of: hidden[hidden.count - 1])))
    }

    /// Class token and patches, `[batch, tokens, width]`.
    private func embedded(_ pixels: Tensor) -> Tensor {
        let size = configuration.imageSize
        precondition(
            pixels.rank == 4 && pixels.shape.dimensions.dropFirst() == [configuration.channelCount, size, size],
            "Images are [batch, \(configuration.channelCount), \(size), \(size)], not \(pixels.shape)")
        let batch = pixels.size(0)
        let width = configuration.encoder.width
        let classTokens = classEmbedding.reshaped([1, 1, width]).broadcast(to: [batch, 1, width])
        let tokens = Tensor.concatenated([classTokens, patches.patches(pixels)], along: 1)
        return firstNorm(tokens + positions.weight)
    }

    private static func classToken(of tokens: Tensor) -> Tensor {
        tokens.slice(along: 1, 0..<1).reshaped([tokens.size(0), tokens.size(2)])
    }
}
