import Diagnostics
import Glibc
public import JSON

/// Why an image processor's configuration cannot be used.
public enum ProcessorConfigurationError: Error, Sendable, Equatable {
    /// A directory holds neither of the files that would say it.
    case missing(directory: String)
    /// A file cannot be read; the system's error code.
    case unreadable(path: String, code: Int32)
    /// A file is no JSON.
    case malformed(path: String, JSONError)
    /// Keys have values that have no meaning; all of them.
    case invalid(path: String, problems: [ProcessorConfigurationProblem])
}

/// A key whose value has no meaning.
public struct ProcessorConfigurationProblem: Sendable, Equatable {
    /// The key, with those above it.
    public let key: String
    /// What would have a meaning.
    public let expected: String
    /// What stands there.
    public let found: JSONValue
}

extension ProcessorConfigurationError: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String { message.withVisibleControls }

    private var message: String {
        switch self {
        case .missing(let directory):
            "\(directory): there is neither processor_config.json with an image_processor nor preprocessor_config.json"
        case .unreadable(let path, let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        case .malformed(let path, let error): "\(path) is no JSON: \(error)"
        case .invalid(let path, let problems):
            "\(path) describes no image processor that can be used:"
                + problems.map { "\n  \($0.key): expected \($0.expected), found \(Self.text($0.found))" }.joined()
        }
    }

    private static func text(_ value: JSONValue) -> String {
        let text = value.text()
        return text.count > 100 ? text.prefix(100) + "…" : text
    }
}
