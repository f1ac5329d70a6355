public import Tensors

/// Why parameters do not make a network: all problems at once.
public struct ParameterError: Error, Equatable, Sendable {
    /// One thing that does not fit.
    public enum Problem: Equatable, Sendable {
        /// The network needs it, and it is not there; the nearest names that are.
        case missing(name: String, shape: Shape, nearest: [String])
        /// It is there, and the network has no use for it.
        case unexpected(name: String)
        /// It has another shape than the network needs.
        case wrongShape(name: String, found: Shape, expected: Shape)
        /// Its elements are no numbers that can be computed with.
        case notNumbers(name: String, dtype: DType)
    }

    /// In the order in which the network asked, then in that of the parameters.
    public let problems: [Problem]

    /// An error of several problems.
    public init(problems: [Problem]) { self.problems = problems }
}

extension ParameterError: CustomStringConvertible {
    /// One line for each problem.
    public var description: String {
        let lines = problems.map { "  " + $0.description }
        return (["The parameters do not fit the network:"] + lines).joined(separator: "\n")
    }
}

extension ParameterError.Problem: CustomStringConvertible {
    /// What is wrong with which parameter, and what was expected.
    public var description: String {
        switch self {
        case .missing(let name, let shape, let nearest):
            "\(name) of shape \(shape) is missing"
                + (nearest.isEmpty ? "" : "; there is \(nearest.joined(separator: ", "))")
        case .unexpected(let name): "\(name) is not a parameter of the network"
        case .wrongShape(let name, let found, let expected): "\(name) has the shape \(found) instead of \(expected)"
        case .notNumbers(let name, let dtype): "\(name) has elements of type \(dtype.rawValue), which are no numbers"
        }
    }
}
