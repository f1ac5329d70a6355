/// A whole number from 1, such as a batch size or an interval of steps.
public struct PositiveInteger: ConfigurationDecodable, Hashable, Sendable {
    /// The number.
    public let value: Int

    /// A number; nil if it is not from 1.
    public init?(_ value: Int) {
        guard value >= 1 else { return nil }
        self.value = value
    }

    /// A whole number from 1.
    public static var expectedDescription: String { "a whole number from 1" }

    /// Takes whole numbers from 1 only.
    public static func decode(_ argument: Argument) -> PositiveInteger? {
        Int.decode(argument).flatMap(PositiveInteger.init)
    }
}

extension PositiveInteger: ExpressibleByIntegerLiteral {
    /// A number that stands in the code; it is at least 1.
    public init(integerLiteral value: Int) {
        precondition(value >= 1, "a positive integer is at least 1")
        self.value = value
    }
}
