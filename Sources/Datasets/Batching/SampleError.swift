/// An example that cannot be used.
public struct SampleError: Error, CustomStringConvertible {
    /// The data set.
    public let dataset: String
    /// The number of the example, from 0.
    public let row: Int
    /// What is wrong with it.
    public let cause: any Error

    /// Data set, row and cause.
    public var description: String { "\(dataset), row \(row): \(cause)" }
}

/// Why the values of an example are not an image and a label.
public enum SampleProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// A column holds no image; what it holds.
    case noImage(column: String, found: String)
    /// A column holds no whole number that could be a class; what it holds.
    case noLabel(column: String, found: String)
    /// A label is not among the classes.
    case labelOutOfRange(Int64, classes: Int)

    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .noImage(let column, let found): "column '\(column)' holds \(found), not an image"
        case .noLabel(let column, let found): "column '\(column)' holds \(found), not the number of a class"
        case .labelOutOfRange(let label, let classes): "label \(label) is not among the classes 0 to \(classes - 1)"
        }
    }
}

extension Value {
    /// What a message calls the value.
    var kind: String {
        switch self {
        case .null: "nothing"
        case .bool: "a truth value"
        case .integer: "a whole number"
        case .float: "a number"
        case .string: "a text"
        case .bytes: "bytes"
        case .image: "an encoded image"
        case .pixels: "pixels"
        case .list: "a list"
        case .structure: "named parts"
        }
    }
}
