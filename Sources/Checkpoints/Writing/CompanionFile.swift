import OperatingSystem

/// A small file that belongs to a model beside its weights: configuration, tokenizer, image processor.
public struct CompanionFile: Sendable, Hashable {
    /// What the file holds.
    public enum Content: Sendable, Hashable {
        /// The same as another file.
        case copy(of: String)
        case bytes([UInt8])
    }

    /// The path of the file in the model's directory.
    public let name: String
    /// What it holds.
    public var content: Content

    /// A file with a content.
    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    /// The files that Transformers and Sentence Transformers read beside the weights, as far as a directory has them.
    ///
    /// - Parameter directory: The directory of a model.
    /// - Returns: Copies of these files, in the order of `knownNames`.
    public static func all(in directory: String) -> [CompanionFile] {
        let templates = FileSystem.names(in: FileSystem.join(directory, templateFolder))
            .map { "\(templateFolder)/\($0)" }.filter { $0.hasSuffix(".jinja") }
        return (knownNames + templates).compactMap { name in
            let path = FileSystem.join(directory, name)
            return FileSystem.isFile(path) ? CompanionFile(name: name, content: .copy(of: path)) : nil
        }
    }

    /// The names that are looked for in a model's directory.
    public static let knownNames = [
        "config.json", "generation_config.json",
        // Tokenizers
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
        "vocab.txt", "merges.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model",
        "spm.model", "bpe.codes", "tekken.json", "chat_template.jinja", "chat_template.json",
        // Processors of images, sound and video
        "preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json",
        "audio_tokenizer_config.json",
        // Sentence Transformers
        "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "1_Pooling/config.json",
    ]

    /// Where Transformers keeps further chat templates.
    private static let templateFolder = "additional_chat_templates"

    /// The content.
    ///
    /// - Throws: `CheckpointError` if the other file cannot be read.
    func bytes() throws(CheckpointError) -> [UInt8] {
        switch content {
        case .bytes(let bytes): return bytes
        case .copy(let path):
            let file = try CheckpointFile(path)
            return try file.read(0..<file.byteCount)
        }
    }

    /// The length of the content.
    ///
    /// - Throws: `CheckpointError` if the other file cannot be read.
    func byteCount() throws(CheckpointError) -> Int {
        switch content {
        case .bytes(let bytes): bytes.count
        case .copy(let path): try CheckpointFile(path).byteCount
        }
    }
}
