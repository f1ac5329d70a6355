import Diagnostics

/// Why a text is no regular expression.
public struct RegularExpressionProblem: Error, Sendable, Hashable {
    /// The text.
    public let pattern: String
    /// What is wrong, as a clause.
    public let problem: String
    /// Where, in characters from the start.
    public let offset: Int

    /// A problem of a text.
    public init(pattern: String, problem: String, offset: Int) {
        self.pattern = pattern
        self.problem = problem
        self.offset = offset
    }
}

extension RegularExpressionProblem: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String {
        "\(pattern.quoted()) is no regular expression: \(problem) (at character \(offset))"
    }
}
