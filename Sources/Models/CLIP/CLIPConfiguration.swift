public import JSON
import OperatingSystem
public import Tensors

/// The sizes of a CLIP model, as `config.json` gives them.
///
/// The defaults are those of `transformers`, which writes only what differs from them in older versions: CLIP-ViT-B/32.
///
/// Radford et al.: "Learning Transferable Visual Models From Natural Language Supervision" (2021, arXiv 2103.00020).
public struct CLIPConfiguration: Sendable, Hashable {
    /// The text tower.
    public var text: CLIPTextConfiguration
    /// The vision tower.
    public var vision: CLIPVisionConfiguration
    /// The size of the embeddings that both towers are projected to.
    public var projectionSize: Int

    /// A model of these sizes.
    public init(text: CLIPTextConfiguration, vision: CLIPVisionConfiguration, projectionSize: Int) {
        self.text = text
        self.vision = vision
        self.projectionSize = projectionSize
    }

    /// Reads `config.json` of a whole CLIP model.
    ///
    /// - Parameters:
    ///   - value: What the file holds.
    ///   - path: Where it was read from, for messages.
    /// - Throws: `CLIPError.configuration` with everything that is wrong.
    public init(_ value: JSONValue, path: String) throws(CLIPError) {
        var settings = JSONSettings(value)
        text = settings.tower("text_config") { CLIPTextConfiguration(&$0) }
        vision = settings.tower("vision_config") { CLIPVisionConfiguration(&$0) }
        projectionSize = settings.size("projection_dim", default: 512)
        guard settings.problems.isEmpty else { throw .configuration(path: path, problems: settings.problems) }
    }
}

/// The sizes of the text tower.
public struct CLIPTextConfiguration: Sendable, Hashable {
    /// The layers.
    public var encoder: CLIPEncoderConfiguration
    /// The number of tokens that there are.
    public var vocabularySize: Int
    /// The most tokens of a text.
    public var positionCount: Int
    /// The token at whose first place a text ends; 2 in older files, which means the largest token of each text.
    public var endToken: Int

    init(_ settings: inout JSONSettings) {
        encoder = CLIPEncoderConfiguration(&settings, width: 512, hiddenWidth: 2048, heads: 8)
        vocabularySize = settings.size("vocab_size", default: 49408)
        positionCount = settings.size("max_position_embeddings", default: 77)
        endToken = settings.integer("eos_token_id", default: 49407)
    }
}

/// The sizes of the vision tower.
public struct CLIPVisionConfiguration: Sendable, Hashable {
    /// The layers.
    public var encoder: CLIPEncoderConfiguration
    /// Height and width of an image.
    public var imageSize: Int
    /// Height and width of a patch.
    public var patchSize: Int
    /// The number of colours.
    public var channelCount: Int

    /// Patches in a column or a row; what is left of an image at its right and lower edge is not looked at.
    public var gridSize: Int { imageSize / patchSize }
    /// The patches and the class token.
    public var tokenCount: Int { gridSize * gridSize + 1 }

    init(_ settings: inout JSONSettings) {
        encoder = CLIPEncoderConfiguration(&settings, width: 768, hiddenWidth: 3072, heads: 12)
        imageSize = settings.size("image_size", default: 224)
        patchSize = settings.size("patch_size", default: 32)
        channelCount = settings.size("num_channels", default: 3)
        if patchSize > imageSize { settings.report("patch_size", expected: "at most image_size (\(imageSize))") }
    }

    /// Reads `config.json` of a CLIP vision model, or of a whole CLIP model, whose vision tower it then is.
    ///
    /// - Parameters:
    ///   - value: What the file holds.
    ///   - path: Where it was read from, for messages.
    /// - Throws: `CLIPError.configuration` with everything that is wrong.
    public init(_ value: JSONValue, path: String) throws(CLIPError) {
        var settings = JSONSettings(value)
        let isWhole = settings.has("vision_config") || settings.has("vision_config_dict")
        self =
            isWhole
            ? settings.tower("vision_config") { CLIPVisionConfiguration(&$0) } : CLIPVisionConfiguration(&settings)
        guard settings.problems.isEmpty else { throw .configuration(path: path, problems: settings.problems) }
    }
}

/// The sizes of a tower's layers.
public struct CLIPEncoderConfiguration: Sendable, Hashable {
    /// The size of each token's vector.
    public var width: Int
    /// The size between the two linear layers that follow attention.
    public var hiddenWidth: Int
    /// The number of layers.
    public var layerCount: Int
    /// The number of attention heads, among which the width is divided.
    public var headCount: Int
    /// What stands between the two linear layers.
    public var activation: ElementwiseFunction
    /// What is added to the variance in normalisation.
    public var normEpsilon: Float

    init(_ settings: inout JSONSettings, width: Int, hiddenWidth: Int, heads: Int) {
        self.width = settings.size("hidden_size", default: width)
        self.hiddenWidth = settings.size("intermediate_size", default: hiddenWidth)
        layerCount = settings.size("num_hidden_layers", default: 12)
        headCount = settings.size("num_attention_heads", default: heads)
        let names = Self.activations.keys.sorted().joined(separator: ", ")
        activation = settings.read("hidden_act", "one of \(names)", .quickGELU, or: .quickGELU) {
            $0.string.flatMap { Self.activations[$0] }
        }
        normEpsilon = Float(settings.number("layer_norm_eps", default: 1e-5))
        if self.width % headCount != 0 {
            settings.report("num_attention_heads", expected: "a divisor of hidden_size (\(self.width))")
        }
    }

    /// The activations by the names that `transformers` has for them.
    private static let activations: [String: ElementwiseFunction] = [
        "quick_gelu": .quickGELU, "gelu": .gelu, "gelu_new": .geluTangent, "gelu_pytorch_tanh": .geluTangent,
        "relu": .relu,
        "silu": .silu, "swish": .silu,
    ]
}

extension JSONSettings {
    /// Reads a tower's settings, over which files of early versions have others in `…_dict`.
    fileprivate mutating func tower<Tower>(_ key: String, _ body: (inout JSONSettings) -> Tower) -> Tower {
        nested(has(key + "_dict") ? key + "_dict" : key, body)
    }
}
