/// A key of a mapping. Nearly all are strings; YAML allows numbers and booleans as well.
public enum ConfigurationKey: Hashable, Sendable {
    case string(String)
    case integer(WholeNumber)
    case float(Double)
    case boolean(Bool)

    init?(_ scalar: Scalar) {
        switch scalar {
        case .null: return nil
        case .string(let text): self = .string(text)
        case .integer(let number): self = .integer(number)
        case .float(let number): self = .float(number)
        case .boolean(let flag): self = .boolean(flag)
        }
    }

    /// The key as a value.
    public var scalar: Scalar {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        case .float(let number): .float(number)
        case .boolean(let flag): .boolean(flag)
        }
    }

    /// The text if the key is a string.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

extension ConfigurationKey: ExpressibleByStringLiteral, CustomStringConvertible {
    /// A string key.
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    /// The key as it stands in a path.
    public var description: String { scalar.pythonString }
}
