/// The sizes of a tensor along its dimensions; none for a single number.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
    /// The size along each dimension, the outermost first; none is negative.
    public let dimensions: [Int]

    /// A shape of sizes that are not negative, and whose product fits into an `Int`.
    ///
    /// - Returns: Nil if a size is negative, or there are too many elements.
    public init?(checking dimensions: [Int]) {
        var count = 1
        for size in dimensions {
            guard size >= 0 else { return nil }
            // A size of 0 must not hide that the others are absurd.
            let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
            guard !overflow else { return nil }
            count = product
        }
        self.dimensions = dimensions
    }

    /// A shape that the program itself knows to be sound.
    public init(_ dimensions: [Int]) {
        precondition(dimensions.allSatisfy { $0 >= 0 }, "A shape has no negative sizes")
        self.dimensions = dimensions
    }

    /// A shape from its sizes.
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The number of dimensions.
    public var rank: Int { dimensions.count }

    /// The number of elements.
    public var elementCount: Int { dimensions.reduce(1, *) }
}

extension Shape: CustomStringConvertible {
    /// As Python would write it as a list: `[768, 3072]`.
    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
