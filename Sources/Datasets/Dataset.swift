public import OrderedCollections

/// A sequence of examples that can be read in any order, by several threads at once.
public protocol Dataset: Sendable {
    /// What error messages call it: the name or path that the user gave, and the split.
    var name: String { get }
    /// The columns, in order.
    var features: OrderedDictionary<String, Feature> { get }
    /// The number of examples.
    var count: Int { get }

    /// The columns asked for of one example.
    ///
    /// - Parameters:
    ///   - index: 0 ..< count.
    ///   - columns: Their names; nil for all. Others are not read.
    /// - Returns: Their values, in the order of the columns.
    /// - Throws: What is wrong with the file, and where.
    func example(at index: Int, columns: [String]?) throws -> Example
}

/// One row of a data set: the values of its columns, in order.
public typealias Example = OrderedDictionary<String, Value>

/// What a column holds.
public indirect enum Feature: Equatable, Sendable {
    /// Integers that stand for classes, with their names.
    case classLabel(names: [String])
    /// Encoded images.
    case image
    /// Numbers, texts or bytes; the type as the data set names it: `int64`, `float32`, `string`, `binary`.
    case value(type: String)
    /// Lists.
    case list(Feature)
    /// Named parts.
    case structure(OrderedDictionary<String, Feature>)
}

/// A value in a data set.
public indirect enum Value: Equatable, Sendable {
    /// Nothing.
    case null
    /// A truth value.
    case bool(Bool)
    /// A whole number; also the index of a class.
    case integer(Int64)
    /// A number.
    case float(Double)
    /// A text.
    case string(String)
    /// Bytes.
    case bytes([UInt8])
    /// An encoded image, and the path that the data set gives for it.
    case image(bytes: [UInt8], path: String?)
    /// Pixels that were never encoded: 8 bits each, row by row, `channels` (1 or 3) beside each other.
    case pixels([UInt8], height: Int, width: Int, channels: Int)
    /// Several values.
    case list([Value])
    /// Named parts.
    case structure(OrderedDictionary<String, Value>)
}
