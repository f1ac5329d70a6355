/// What a regular expression consists of.
indirect enum RegularExpressionNode {
    case set(ScalarSet)
    case position(RegularExpression.Position)
    case sequence([RegularExpressionNode])
    case choice([RegularExpressionNode])
    /// At least so often, and at most, if there is a bound.
    case repetition(RegularExpressionNode, Int, Int?)
}

/// Reads regular expressions.
struct RegularExpressionParser {
    private let text: String
    private let pattern: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    private static let depthLimit = 100
    private static let repetitionLimit = 1000

    init(_ pattern: String) {
        text = pattern
        self.pattern = Array(pattern.unicodeScalars)
    }

    mutating func parse() throws(RegularExpressionProblem) -> RegularExpressionNode {
        let node = try choice()
        guard index == pattern.count else { throw failure("a parenthesis is closed that was not opened") }
        return node
    }

    private func failure(_ problem: String) -> RegularExpressionProblem {
        RegularExpressionProblem(pattern: text, problem: problem, offset: index)
    }

    private var next: Unicode.Scalar? { index < pattern.count ? pattern[index] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard pattern[index...].starts(with: text.unicodeScalars) else { return false }
        index += text.unicodeScalars.count
        return true
    }

    private mutating func choice() throws(RegularExpressionProblem) -> RegularExpressionNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw failure("groups are nested too deep") }
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence() throws(RegularExpressionProblem) -> RegularExpressionNode {
        var items: [RegularExpressionNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            var item = try atom()
            if let bounds = try repetition() {
                if case .position = item { throw failure("there is nothing to repeat") }
                item = .repetition(item, bounds.least, bounds.most)
                // Taking as little as possible first makes no difference to whether the whole text matches.
                _ = take("?")
                if try repetition() != nil { throw failure("a repetition is repeated") }
            }
            items.append(item)
        }
        return .sequence(items)
    }

    private mutating func repetition() throws(RegularExpressionProblem) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = index
        guard take("{") else { return nil }
        let least = number()
        let most = take(",") ? number() : least
        let isOpen = pattern[index - 1] == ","
        guard take("}"), least != nil || most != nil || isOpen, index - start > 2 else {
            // A brace that bounds nothing is one to match.
            index = start
            return nil
        }
        let bounds = (least: least ?? 0, most: isOpen ? nil : most)
        guard bounds.least <= bounds.most ?? .max, bounds.least <= Self.repetitionLimit,
            bounds.most ?? 0 <= Self.repetitionLimit
        else { throw failure("a repetition has wrong bounds") }
        return bounds
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, let digit = ScalarSet.digit.contains(scalar) ? Int(scalar.value) - 48 : nil {
            value = min((value ?? 0) * 10 + digit, Self.repetitionLimit + 1)
            index += 1
        }
        return value
    }

    private mutating func atom() throws(RegularExpressionProblem) -> RegularExpressionNode {
        if take("(") { return try group() }
        if take("[") { return .set(try set()) }
        if take(".") { return .set(.any) }
        if take("^") { return .position(.start) }
        if take("$") { return .position(.end) }
        if take("\\") { return try escape() }
        let start = index
        guard try repetition() == nil, let scalar = next else {
            index = start
            throw failure("there is nothing to repeat")
        }
        index += 1
        return .set(ScalarSet(ranges: [scalar...scalar]))
    }

    private mutating func group() throws(RegularExpressionProblem) -> RegularExpressionNode {
        if take("?"), !take(":") {
            // Names of groups do not matter here.
            guard take("P<"), let end = pattern[index...].firstIndex(of: ">") else {
                throw failure("this kind of group is not supported")
            }
            index = end + 1
        }
        let node = try choice()
        guard take(")") else { throw failure("a parenthesis is not closed") }
        return node
    }

    private mutating func escape() throws(RegularExpressionProblem) -> RegularExpressionNode {
        for (letter, position) in Self.positions where take(letter) { return .position(position) }
        return .set(try escapedSet())
    }

    private static let positions: [(String, RegularExpression.Position)] = [
        ("A", .start), ("Z", .end), ("b", .wordBoundary), ("B", .noWordBoundary),
    ]

    private mutating func escapedSet() throws(RegularExpressionProblem) -> ScalarSet {
        guard let scalar = next else { throw failure("a backslash stands at the end") }
        index += 1
        switch scalar {
        case "d": return .digit
        case "D": return ScalarSet.digit.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "n": return ScalarSet(ranges: ["\n"..."\n"])
        case "r": return ScalarSet(ranges: ["\r"..."\r"])
        case "t": return ScalarSet(ranges: ["\t"..."\t"])
        default:
            guard scalar.value < 0x80, !ScalarSet.word.contains(scalar) || scalar == "_" else {
                throw failure("this escape is not supported")
            }
            return ScalarSet(ranges: [scalar...scalar])
        }
    }

    private mutating func set() throws(RegularExpressionProblem) -> ScalarSet {
        var set = ScalarSet()
        set.isInverted = take("^")
        var isFirst = true
        while isFirst || next != "]" {
            isFirst = false
            let low = try setItem()
            guard pattern[index...].count >= 2, next == "-", pattern[index + 1] != "]" else {
                set.members.append(low)
                continue
            }
            index += 1
            let high = try setItem()
            guard let first = low.single, let last = high.single, first <= last else {
                throw failure("a range of characters has wrong bounds")
            }
            set.ranges.append(first...last)
        }
        index += 1
        return set
    }

    private mutating func setItem() throws(RegularExpressionProblem) -> ScalarSet {
        if take("\\") { return try escapedSet() }
        guard let scalar = next else { throw failure("a set of characters is not closed") }
        index += 1
        return ScalarSet(ranges: [scalar...scalar])
    }
}

extension ScalarSet {
    /// The character if there is only one.
    fileprivate var single: Unicode.Scalar? {
        guard let range = ranges.first, ranges.count == 1, members.isEmpty, !isInverted else { return nil }
        return range.lowerBound == range.upperBound ? range.lowerBound : nil
    }
}
