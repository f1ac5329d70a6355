/// A key of a mapping.
///
/// Nearly all are strings; YAML allows numbers and booleans as well.
///
/// As in Python, `1`, `1.0` and `true` are one key.
public enum ConfigurationKey: Sendable {
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

extension ConfigurationKey: Hashable {
    /// The size of a number or boolean.
    private var number: Double? {
        switch self {
        case .string: nil
        case .integer(let number): number.double
        case .float(let number): number
        case .boolean(let flag): flag ? 1 : 0
        }
    }

    /// Whether two keys name the same entry.
    public static func == (left: ConfigurationKey, right: ConfigurationKey) -> Bool {
        switch (left, right) {
        case (.string(let leftText), .string(let rightText)): leftText.utf8.elementsEqual(rightText.utf8)
        case (.integer(let leftNumber), .integer(let rightNumber)): leftNumber == rightNumber
        default: left.number != nil && left.number == right.number
        }
    }

    /// Feeds the text, or the size.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .string(let text): for byte in text.utf8 { hasher.combine(byte) }
        default: hasher.combine(number)
        }
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
