import Diagnostics
import Glibc

/// What can be wrong with a tokenizer.
public enum TokenizerError: Error, Sendable, Equatable {
    /// A directory has none of the files that a tokenizer is read from.
    case missing(directory: String)
    /// A file cannot be read; the system's error code.
    case unreadable(path: String, code: Int32)
    /// A file is not what its format asks for.
    case malformed(path: String, problem: String)
    /// A tokenizer cannot be used as it is described; everything that is wrong.
    case invalid(path: String, problems: [TokenizerProblem])
    /// Texts are to have fewer tokens than the special ones alone.
    case lengthTooSmall(Int, specialTokens: Int)
    /// Texts are to be filled up, and nothing says with which token.
    case noPaddingToken
}

extension TokenizerError: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String { message.withVisibleControls }

    private var message: String {
        switch self {
        case .missing(let directory):
            "\(directory) holds no tokenizer: expected 'tokenizer.json', or 'vocab.json' and 'merges.txt'"
        case .unreadable(let path, let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        case .malformed(let path, let problem): "\(path): \(problem)"
        case .invalid(let path, let problems):
            "\(path): \(problems.prefix(20).map(\.description).joined(separator: "; "))"
                + (problems.count > 20 ? "; … (\(problems.count) problems in all)" : "")
        case .lengthTooSmall(let length, let count):
            "texts cannot be cut to \(length) tokens, as the special tokens alone are \(count)"
        case .noPaddingToken:
            "texts of different lengths cannot be filled up: neither 'tokenizer_config.json' nor 'special_tokens_map.json' names a 'pad_token'"
        }
    }
}

/// What is wrong with the description of a tokenizer.
public enum TokenizerProblem: Sendable, Equatable {
    /// A setting is missing or of the wrong kind.
    case wrongSetting(String, expected: String)
    /// A setting has a value that is not supported.
    case unsupportedSetting(String, value: String, supported: String)
    /// A setting is not known, and might change what comes out.
    case unknownSetting(String)
    /// A token is named that the vocabulary does not have.
    case unknownToken(String, setting: String)
    /// A token has two ids, or an id two tokens.
    case conflictingToken(String, id: Int, with: String)
    /// A line of the merges is none; counted from 1.
    case invalidMerge(String, number: Int, problem: String)
}

extension TokenizerProblem: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .wrongSetting(let name, let expected): "\(name.quoted()) should be \(expected)"
        case .unsupportedSetting(let name, let value, let supported):
            "\(name.quoted()) is \(value.quoted()), which is not supported; supported: \(supported)"
        case .unknownSetting(let name): "\(name.quoted()) is not known"
        case .unknownToken(let token, let setting):
            "\(setting.quoted()) names the token \(token.quoted()), which the vocabulary does not have"
        case .conflictingToken(let token, let id, let other):
            "the token \(token.quoted()) has the id \(id), which conflicts with \(other.quoted())"
        case .invalidMerge(let text, let number, let problem): "merge \(number), \(text.quoted()), \(problem)"
        }
    }
}
