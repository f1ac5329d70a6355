import Configuration
import RegularExpressions

/// Which names of parameters are meant: a part of the name, or a regular expression that is found anywhere in it.
///
/// `*` alone fits every name, as in mergekit.
struct NameFilter: Sendable, Equatable {
    private enum Condition: Equatable {
        case anything
        case part(String)
        case expression(RegularExpression)
    }

    private let condition: Condition
    /// What makes a text a regular expression.
    private static let special = Set("\\^$*+?()[]{}|")

    /// A filter.
    ///
    /// - Throws: `RegularExpressionProblem` if it is meant as an expression, and is none.
    init(_ text: String) throws(RegularExpressionProblem) {
        if text == "*" {
            condition = .anything
        } else if Self.isExpression(text) {
            condition = .expression(try RegularExpression(text))
        } else {
            condition = .part(text)
        }
    }

    func fits(_ name: String) -> Bool {
        switch condition {
        case .anything: true
        case .part(let text): name.contains(text)
        case .expression(let expression): expression.isFound(in: name)
        }
    }

    /// What is wrong with the text of a filter; nil if nothing is.
    static func problem(_ text: String) -> String? {
        text == "*" || !isExpression(text) ? nil : RegularExpression.problem(with: text)?.description
    }

    private static func isExpression(_ text: String) -> Bool { text.contains(where: special.contains) }
}

/// A regular expression that a name must begin with.
struct NamePattern: Sendable, ConfigurationDecodable {
    private let expression: RegularExpression

    static var expectedDescription: String { "a regular expression" }

    static func decode(_ argument: Argument) -> NamePattern? {
        String.decode(argument).flatMap { try? RegularExpression($0) }.map(NamePattern.init)
    }

    static func problem(with argument: Argument) -> String? {
        String.decode(argument).flatMap(RegularExpression.problem)?.description
    }

    func fits(_ name: String) -> Bool { expression.matchesStart(of: name) }
}
