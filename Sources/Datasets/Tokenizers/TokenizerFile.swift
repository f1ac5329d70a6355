import Diagnostics
import JSON
import OrderedCollections

/// Reads `tokenizer.json`, the file of Hugging Face's `tokenizers`.
struct TokenizerFile {
    private var components: OrderedDictionary<String, JSONValue> = [:]
    private var modelSettings: OrderedDictionary<String, JSONValue> = [:]
    private var model = BytePairModel()

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: Its text.
    ///   - path: Where it was read from, for messages.
    /// - Returns: What the tokenizer consists of.
    /// - Throws: `TokenizerError.malformed` if it is no JSON, `.invalid` with everything in it that is wrong or not supported.
    static func parts(parsing bytes: [UInt8], path: String) throws(TokenizerError) -> TokenizerParts {
        var file = TokenizerFile()
        do throws(JSONError) { try file.read(JSONReader(bytes)) } catch {
            throw .malformed(path: path, problem: error.description)
        }
        var reader = ComponentReader()
        let parts = file.parts(&reader)
        if !reader.problems.isEmpty { throw .invalid(path: path, problems: reader.problems) }
        return parts
    }

    private mutating func read(_ reader: consuming JSONReader) throws(JSONError) {
        var hasModel = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "model" {
                if hasModel { throw reader.failure("key 'model' stands twice") }
                hasModel = true
                try readModel(&reader)
            } else if components.updateValue(try reader.readValue(), forKey: key) != nil {
                throw reader.failure("key \(key.quoted()) stands twice")
            }
        }
        if !hasModel { throw reader.failure("key 'model' is missing") }
        try reader.finish()
    }

    private mutating func readModel(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "vocab": model.tokens += try BytePairModel.readVocabulary(&reader)
            case "merges": model.merges += try BytePairModel.readMerges(&reader)
            default:
                if modelSettings.updateValue(try reader.readValue(), forKey: key) != nil {
                    throw reader.failure("key \(key.quoted()) stands twice")
                }
            }
        }
    }

    private mutating func parts(_ reader: inout ComponentReader) -> TokenizerParts {
        readModelSettings(&reader)
        let known: Set = ["version", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder"]
        // What texts are cut and filled up to is asked for with each of them.
        let ignored: Set = ["truncation", "padding"]
        for name in components.keys where !known.contains(name) && !ignored.contains(name) {
            reader.note(.unknownSetting(name))
        }
        let file = ComponentReader.Component(type: "file", path: "tokenizer", settings: components)
        reader.require(file, "version", isOneOf: ["1.0"])
        var vocabulary = model.vocabulary(&reader.problems)
        // The words of texts become what the model has, without added tokens.
        let encoding = model.encoding(vocabulary, &reader.problems)
        let addedTokens = reader.addedTokens(components["added_tokens"] ?? [], &vocabulary)
        reader.checkDecoder(components["decoder"] ?? nil)
        return TokenizerParts(
            vocabulary: vocabulary, addedTokens: addedTokens,
            normalizers: reader.normalizers(components["normalizer"] ?? nil),
            splitter: reader.splitter(components["pre_tokenizer"] ?? nil), encoding: encoding,
            frame: reader.frame(components["post_processor"] ?? nil, vocabulary), wordEnd: model.wordEnd)
    }

    private mutating func readModelSettings(_ reader: inout ComponentReader) {
        // Files of old say nothing about the kind of model.
        modelSettings["type"] = modelSettings["type"] ?? "BPE"
        let kinds: KeyValuePairs<String, Set<String>> = [
            "BPE": [
                "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback",
                "ignore_merges",
            ]
        ]
        guard let component = reader.component(.object(modelSettings), "model", kinds: kinds) else { return }
        reader.require(component, "dropout", isOneOf: [nil, 0, .number(0)])
        reader.require(component, "continuing_subword_prefix", isOneOf: [nil, ""])
        reader.require(component, "byte_fallback", isOneOf: [nil, false])
        reader.require(component, "ignore_merges", isOneOf: [nil, false])
        model.fusesUnknown = reader.flag(component, "fuse_unk", default: false)
        model.wordEnd = reader.text(component, "end_of_word_suffix") ?? ""
        model.unknown = reader.text(component, "unk_token")
    }
}
