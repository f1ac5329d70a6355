public import JSON
import Tensors

extension CLIPConfiguration {
    /// Reads `open_clip_config.json`, which stands beside OpenCLIP's checkpoints.
    ///
    /// - Parameters:
    ///   - value: What the file holds.
    ///   - path: Where it was read from, for messages.
    /// - Throws: `CLIPError.configuration` with everything that is wrong.
    public init(openCLIP value: JSONValue, path: String) throws(CLIPError) {
        var settings = JSONSettings(value)
        (projectionSize, text, vision) = settings.nested("model_cfg") { model in
            let activation: ElementwiseFunction = model.flag("quick_gelu", default: false) ? .quickGELU : .gelu
            let size = model.size("embed_dim")
            let text = model.nested("text_cfg") { CLIPTextConfiguration(openCLIP: &$0, activation) }
            let vision = model.nested("vision_cfg") { CLIPVisionConfiguration(openCLIP: &$0, activation) }
            return (size, text, vision)
        }
        guard settings.problems.isEmpty else { throw .configuration(path: path, problems: settings.problems) }
    }
}

extension CLIPTextConfiguration {
    fileprivate init(openCLIP settings: inout JSONSettings, _ activation: ElementwiseFunction) {
        encoder = CLIPEncoderConfiguration(
            width: settings.size("width", default: 512), layerCount: settings.size("layers", default: 12),
            headCount: settings.size("heads", default: 8), ratio: settings.number("mlp_ratio", default: 4), activation)
        vocabularySize = settings.size("vocab_size", default: 49408)
        positionCount = settings.size("context_length", default: 77)
        // A text ends at its largest token there.
        endToken = 2
        settings.check(encoder)
    }
}

extension CLIPVisionConfiguration {
    fileprivate init(openCLIP settings: inout JSONSettings, _ activation: ElementwiseFunction) {
        let width = settings.size("width", default: 768)
        encoder = CLIPEncoderConfiguration(
            width: width, layerCount: settings.size("layers", default: 12),
            headCount: max(1, width / settings.size("head_width", default: 64)),
            ratio: settings.number("mlp_ratio", default: 4), activation)
        imageSize = settings.size("image_size", default: 224)
        patchSize = settings.size("patch_size", default: 16)
        channelCount = 3
        settings.check(encoder)
    }
}

extension CLIPEncoderConfiguration {
    fileprivate init(width: Int, layerCount: Int, headCount: Int, ratio: Double, _ activation: ElementwiseFunction) {
        self.width = width
        self.layerCount = layerCount
        self.headCount = headCount
        self.activation = activation
        hiddenWidth = Int(exactly: (Double(width) * ratio).rounded(.towardZero)) ?? width
        normEpsilon = 1e-5
    }
}

extension JSONSettings {
    fileprivate mutating func check(_ encoder: CLIPEncoderConfiguration) {
        if encoder.width % encoder.headCount != 0 {
            report("width", expected: "divisible by the number of heads (\(encoder.headCount))")
        }
        if encoder.hiddenWidth < 1 { report("mlp_ratio", expected: "above 0") }
    }
}
