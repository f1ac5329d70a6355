import JSON
import OrderedCollections

/// What `tokenizer_config.json` and `special_tokens_map.json` say beside the vocabulary.
public struct TokenizerSettings: Sendable, Equatable {
    /// The token that begins a text.
    public let start: String?
    /// The token that ends a text.
    public let end: String?
    /// The token that fills texts up.
    public let padding: String?
    /// The token that stands for what has none.
    public let unknown: String?
    /// How many tokens a text may have for the model; nil if it does not say.
    public let maximumLength: Int?
    /// The family that the files name, if they name one.
    let family: TokenizerFamily?
    /// Special tokens that are looked for in the normalized text, not in the text as it is.
    let normalizedTokens: Set<String>
}

/// The tokenizers whose vocabulary may come without a description.
enum TokenizerFamily: Sendable, Equatable, CaseIterable {
    case clip
    case gpt2

    /// The names of its classes in Hugging Face's Transformers.
    var classNames: [String] {
        switch self {
        case .clip: ["CLIPTokenizer", "CLIPTokenizerFast"]
        case .gpt2: ["GPT2Tokenizer", "GPT2TokenizerFast"]
        }
    }

    /// The token that begins a text if nothing else is said.
    var start: String { self == .clip ? "<|startoftext|>" : end }

    /// The token that ends a text, and stands for what has none, if nothing else is said.
    var end: String { "<|endoftext|>" }

    /// The token that fills texts up if nothing else is said.
    var padding: String? { self == .clip ? end : nil }
}

extension TokenizerSettings {
    /// Reads settings; what several files say counts in their order.
    ///
    /// - Parameters:
    ///   - files: The texts of files, with their paths for messages.
    ///   - guess: The family if the files name none.
    /// - Throws: `TokenizerError` with the file and what is wrong with it.
    init(parsing files: [(path: String, bytes: [UInt8])], guess: TokenizerFamily? = nil) throws(TokenizerError) {
        var texts: [String: String] = [:]
        var normalized: Set<String> = []
        var plain: Set<String> = []
        var length: Int?
        var family: TokenizerFamily?
        for (path, bytes) in files {
            let value: JSONValue
            do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
                throw .malformed(path: path, problem: error.description)
            }
            var reader = SettingsFileReader(value)
            for name in Self.tokenNames {
                guard let token = reader.token(name) else { continue }
                if token.isNormalized { normalized.insert(token.content) } else { plain.insert(token.content) }
                if texts[name] == nil { texts[name] = token.content }
            }
            length = length ?? reader.maximumLength()
            family = family ?? reader.family()
            if !reader.problems.isEmpty { throw .invalid(path: path, problems: reader.problems) }
        }
        family = family ?? guess
        start = texts["bos_token"] ?? family?.start
        end = texts["eos_token"] ?? family?.end
        padding = texts["pad_token"] ?? family?.padding
        unknown = texts["unk_token"] ?? family?.end
        maximumLength = length
        self.family = family
        // One token may have several parts, and be described for each.
        normalizedTokens = normalized.subtracting(plain)
    }

    private static let tokenNames = ["bos_token", "eos_token", "pad_token", "unk_token"]

    /// The tokens that are no text, each once.
    var specialTokens: [String] { Array(OrderedSet([start, end, unknown, padding].compactMap(\.self))) }
}

/// Reads one file, and notes what is wrong.
private struct SettingsFileReader {
    let value: JSONValue
    var problems: [TokenizerProblem] = []

    init(_ value: JSONValue) {
        self.value = value
        if value.object == nil { problems = [.wrongSetting("(the file)", expected: "an object")] }
    }

    /// A token, written as a text or with its properties.
    mutating func token(_ name: String) -> (content: String, isNormalized: Bool)? {
        guard let entry = value[name], entry != nil else { return nil }
        if let content = entry.string { return (content, false) }
        if let content = entry["content"]?.string { return (content, entry["normalized"] == true) }
        problems.append(.wrongSetting(name, expected: "a token"))
        return nil
    }

    /// Transformers writes 10³⁰ for "as long as one likes".
    mutating func maximumLength() -> Int? {
        guard let entry = value["model_max_length"], entry != nil else { return nil }
        guard let number = entry.double, number >= 0 else {
            problems.append(.wrongSetting("model_max_length", expected: "a whole number that is not negative"))
            return nil
        }
        return number < 1e9 ? entry.int : nil
    }

    /// Only a vocabulary without a description needs it, so that other classes are no mistake here.
    func family() -> TokenizerFamily? {
        guard let name = value["tokenizer_class"]?.string else { return nil }
        return TokenizerFamily.allCases.first { $0.classNames.contains(name) }
    }
}
