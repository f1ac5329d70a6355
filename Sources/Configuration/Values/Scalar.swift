/// A value that is not a container.
public enum Scalar: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(WholeNumber)
    case float(Double)
    case string(String)

    /// The value as Python's `str()` prints it.
    public var pythonString: String {
        if case .string(let text) = self { text } else { pythonRepresentation }
    }

    /// The value as Python's `repr()` prints it.
    public var pythonRepresentation: String {
        switch self {
        case .null: "None"
        case .boolean(let flag): flag ? "True" : "False"
        case .integer(let number): number.description
        case .float(let number): PythonText.float(number)
        case .string(let text): PythonText.quoted(text)
        }
    }

    /// What to call the kind of value in a message, such as "the whole number 3".
    public var spokenDescription: String {
        switch self {
        case .null: "null"
        case .boolean(let flag): "the boolean \(flag)"
        case .integer(let number): "the whole number \(number)"
        case .float(let number): "the number \(PythonText.float(number))"
        case .string(let text): "the string '\(text)'"
        }
    }
}
