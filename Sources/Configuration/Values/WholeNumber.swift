/// A whole number of any size, as YAML and the override grammar have it.
public struct WholeNumber: Hashable, Sendable {
    private enum Storage: Hashable {
        case machine(Int)
        /// Only for numbers that do not fit `Int`.
        case large(isNegative: Bool, Magnitude)
    }

    private let storage: Storage

    /// A number of machine size.
    public init(_ value: Int) {
        storage = .machine(value)
    }

    init(isNegative: Bool, magnitude: Magnitude) {
        if let small = Int((isNegative ? "-" : "") + magnitude.description) {
            storage = .machine(small)
        } else {
            storage = .large(isNegative: isNegative, magnitude)
        }
    }

    /// Reads digits of a radix with an optional sign; nil for anything else.
    init?(text: some StringProtocol, radix: Int = 10) {
        if let value = Int(text, radix: radix) {
            self.init(value)
            return
        }
        let isNegative = text.first == "-"
        let digits = isNegative || text.first == "+" ? text.dropFirst() : text[...]
        guard let magnitude = Magnitude(digits: digits, radix: radix) else { return nil }
        self.init(isNegative: isNegative, magnitude: magnitude)
    }

    /// The whole part of a number, as Python's `int()` cuts it; nil if it is infinite or not a number.
    init?(truncating value: Double) {
        guard value.isFinite else { return nil }
        if let exact = Int(exactly: value.rounded(.towardZero)) {
            self.init(exact)
            return
        }
        // At this size a double is a whole number: significand · 2^exponent.
        var magnitude = Magnitude(UInt64(value.significandBitPattern | (1 << 52)))
        for _ in 0..<(Int(value.exponent) - 52) { magnitude.multiply(by: 2) }
        self.init(isNegative: value < 0, magnitude: magnitude)
    }

    /// The number if it fits a machine word.
    public var int: Int? {
        if case .machine(let value) = storage { value } else { nil }
    }

    /// The nearest double; infinite if out of range.
    public var double: Double {
        switch storage {
        case .machine(let value): Double(value)
        case .large: Double(description) ?? .infinity
        }
    }

    var isNegative: Bool {
        switch storage {
        case .machine(let value): value < 0
        case .large(let isNegative, _): isNegative
        }
    }

    var magnitude: Magnitude {
        switch storage {
        case .machine(let value): Magnitude(UInt64(value.magnitude))
        case .large(_, let magnitude): magnitude
        }
    }
}

extension WholeNumber: CustomStringConvertible {
    /// The decimal digits with a leading minus where negative.
    public var description: String {
        switch storage {
        case .machine(let value): String(value)
        case .large(let isNegative, let magnitude): (isNegative ? "-" : "") + magnitude.description
        }
    }
}

extension WholeNumber: Comparable {
    /// Numeric order.
    public static func < (left: WholeNumber, right: WholeNumber) -> Bool {
        if case (.machine(let leftValue), .machine(let rightValue)) = (left.storage, right.storage) {
            return leftValue < rightValue
        }
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.magnitude < left.magnitude : left.magnitude < right.magnitude
    }
}
