import Checkpoints
import JSON
import OperatingSystem
import OrderedCollections

/// The tokens of a model, as far as the files beside its weights tell.
struct Vocabulary: Equatable {
    /// The numbers of tokens; nil if no file lists them.
    var tokens: [String: Int]?
    /// What special tokens are, by their roles: `eos_token`.
    var roles: OrderedDictionary<String, String> = [:]
    /// What `config.json` gives as the number of tokens.
    var size: Int?

    /// The files that list tokens; the first that is there counts.
    static let tokenFiles = ["tokenizer.json", "vocab.json", "vocab.txt"]
    /// The files that name special tokens; the first that names one counts.
    static let roleFiles = ["tokenizer_config.json", "special_tokens_map.json"]
    private static let roleNames = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]
}

extension Vocabulary {
    /// The tokens that a file lists.
    ///
    /// - Parameters:
    ///   - bytes: What the file holds.
    ///   - name: One of `tokenFiles`.
    /// - Returns: Their numbers; nil if the file is not of the form that its name says.
    static func tokens(_ bytes: [UInt8], named name: String) -> [String: Int]? {
        if name == "vocab.txt" {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let texts = lines.map {
                String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self)
            }
            let listed = texts.last == "" ? texts.dropLast() : texts[...]
            return Dictionary(zip(listed, 0...)) { first, _ in first }
        }
        guard let value = try? JSONValue(parsing: bytes) else { return nil }
        return name == "vocab.json" ? numbers(value) : tokens(ofTokenizer: value)
    }

    /// The vocabulary of `tokenizer.json`: a mapping, or pairs of tokens and scores, and the tokens that were added.
    private static func tokens(ofTokenizer value: JSONValue) -> [String: Int]? {
        guard let vocabulary = value["model"]?["vocab"] else { return nil }
        var tokens = numbers(vocabulary) ?? [:]
        for (number, pair) in (vocabulary.array ?? []).enumerated() {
            if let text = pair.array?.first?.string { tokens[text] = number }
        }
        for token in value["added_tokens"]?.array ?? [] {
            if let text = token["content"]?.string, let number = token["id"]?.int { tokens[text] = number }
        }
        return tokens
    }

    private static func numbers(_ value: JSONValue) -> [String: Int]? {
        guard let entries = value.object else { return nil }
        var numbers = [String: Int](minimumCapacity: entries.count)
        for (text, number) in entries { numbers[text] = number.int }
        return numbers
    }

    /// The special tokens that files name.
    ///
    /// - Parameter files: What `roleFiles` hold, as far as they are there.
    /// - Returns: The tokens by their roles.
    static func roles(_ files: [JSONValue]) -> OrderedDictionary<String, String> {
        var roles: OrderedDictionary<String, String> = [:]
        for name in roleNames {
            let entries = files.lazy.compactMap { $0[name] }
            roles[name] = entries.compactMap { $0.string ?? $0["content"]?.string }.first
        }
        return roles
    }

    /// The number of tokens that a configuration gives.
    static func size(_ configuration: JSONValue?) -> Int? {
        (configuration?["vocab_size"] ?? configuration?["text_config"]?["vocab_size"])?.int
    }
}
