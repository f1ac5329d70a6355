/// The order of `sort()`: numbers by size, strings by code point; the two do not mix.
enum OverrideSorting {
    static func sorted(_ elements: [OverrideElement], descending: Bool) throws -> [OverrideElement] {
        let keys = try elements.map(Key.init)
        for pair in zip(keys, keys.dropFirst()) where !pair.0.isComparable(to: pair.1) {
            throw OverrideFunctionError("numbers and strings cannot be compared")
        }
        // Python's sort is stable in both directions.
        let order = keys.indices.sorted { left, right in
            if keys[left].isBefore(keys[right]) { return !descending }
            if keys[right].isBefore(keys[left]) { return descending }
            return left < right
        }
        return order.map { elements[$0] }
    }

    static func sorted(_ sweep: Sweep, descending: Bool) throws -> Sweep {
        var sweep = sweep
        switch sweep.values {
        case .choice(let elements, let isSimple):
            sweep.values = .choice(try sorted(elements, descending: descending), isSimple: isSimple)
        case .range(let start, let stop, let step):
            sweep.values = sortedRange(start, stop, step, descending: descending)
        case .interval, .glob: throw OverrideFunctionError("only choices and ranges can be sorted")
        }
        return sweep
    }

    /// Turns a range round if it runs the other way.
    private static func sortedRange(_ start: Scalar, _ stop: Scalar, _ step: Scalar, descending: Bool) -> Sweep.Values {
        let (first, last, width) = (start.number, stop.number, step.number)
        let turns = descending ? first < last : first > last
        guard turns else { return .range(start: start, stop: stop, step: step) }
        let shift = descending ? -abs(width) : abs(width)
        let areWhole = [start, stop, step].allSatisfy {
            if case .integer(let number) = $0 { number.int != nil } else { false }
        }
        func scalar(_ value: Double) -> Scalar {
            if areWhole, let number = WholeNumber(truncating: value) { .integer(number) } else { .float(value) }
        }
        return .range(start: scalar(last + shift), stop: scalar(first + shift), step: scalar(-width))
    }

    private enum Key {
        case number(Double)
        case text(String)

        init(_ element: OverrideElement) throws {
            switch element {
            case .scalar(.integer(let number)): self = .number(number.double)
            case .scalar(.float(let number)): self = .number(number)
            case .scalar(.boolean(let flag)): self = .number(flag ? 1 : 0)
            case .scalar(.string(let text)): self = .text(text)
            default: throw OverrideFunctionError("\(element.kindName) cannot be compared with other values")
            }
        }

        func isComparable(to other: Key) -> Bool {
            switch (self, other) {
            case (.number, .number), (.text, .text): true
            default: false
            }
        }

        func isBefore(_ other: Key) -> Bool {
            switch (self, other) {
            case (.number(let left), .number(let right)): left < right
            case (.text(let left), .text(let right)):
                left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
            default: false
            }
        }
    }
}

extension Scalar {
    /// The size of a number; 0 for anything else.
    var number: Double {
        switch self {
        case .integer(let number): number.double
        case .float(let number): number
        default: 0
        }
    }
}
