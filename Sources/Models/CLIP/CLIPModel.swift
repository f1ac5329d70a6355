public import Networks
public import Tensors

/// A CLIP model: two towers, and what brings their vectors into one space.
public struct CLIPModel: Sendable {
    /// The tower for images.
    public var vision: CLIPVisionModel
    /// The tower for texts.
    public let text: CLIPTextModel
    /// What brings images and texts together.
    public let heads: CLIPProjections

    /// A model of the parameters that `transformers`' `CLIPModel` has.
    public init(_ parameters: ParameterScope, _ configuration: CLIPConfiguration) {
        vision = CLIPVisionModel(parameters["vision_model"], configuration.vision)
        text = CLIPTextModel(parameters["text_model"], configuration.text)
        heads = CLIPProjections(parameters, configuration)
    }

    /// Unit vectors of images, `[batch, projection]`, of pixels `[batch, channels, imageSize, imageSize]`.
    public func imageEmbeddings(_ pixels: Tensor) -> Tensor { heads.images(vision(pixels)) }

    /// Unit vectors of texts, `[texts, projection]`.
    ///
    /// - Throws: `TensorError.index` for what is no token of the vocabulary.
    public func textEmbeddings(_ texts: [[Int32]]) throws(TensorError) -> Tensor { heads.texts(try text(texts)) }
}

/// What brings the vectors of CLIP's two towers into one space, and compares them there.
public struct CLIPProjections: Sendable {
    /// `[projection, width of the vision tower]`.
    public let visual: Linear
    /// `[projection, width of the text tower]`.
    public let textual: Linear
    /// The logarithm of what similarities are multiplied with.
    public let logitScale: Tensor

    /// The parameters `visual_projection.weight`, `text_projection.weight` and `logit_scale`.
    public init(_ parameters: ParameterScope, _ configuration: CLIPConfiguration) {
        visual = Linear(
            parameters["visual_projection"], inputs: configuration.vision.encoder.width,
            outputs: configuration.projectionSize, hasBias: false)
        textual = Linear(
            parameters["text_projection"], inputs: configuration.text.encoder.width,
            outputs: configuration.projectionSize, hasBias: false)
        logitScale = parameters.tensor("logit_scale", [])
    }

    /// Unit vectors `[batch, projection]` of what the vision tower gives.
    public func images(_ pooled: Tensor) -> Tensor { visual(pooled).normalized(epsilon: 0) }

    /// Unit vectors `[texts, projection]` of what the text tower gives.
    public func texts(_ pooled: Tensor) -> Tensor { textual(pooled).normalized(epsilon: 0) }

    /// How alike images and classes are, `[batch, classes]`: the scaled cosine of their angle.
    ///
    /// - Parameters:
    ///   - images: Unit vectors, `[batch, projection]`.
    ///   - classes: Unit vectors, `[classes, projection]`.
    /// - Returns: The logits.
    public func logits(_ images: Tensor, _ classes: Tensor) -> Tensor {
        linear(images, weight: classes) * logitScale.applying(.exponential)
    }
}
