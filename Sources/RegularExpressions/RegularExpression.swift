/// A regular expression in the syntax of Python, whose matching takes time proportional to the text.
///
/// Expressions come from files, so that one that is made to take forever must not. All ways through the expression are
/// followed at once, one character at a time. What cannot be done so is refused: lookaround and references to groups.
///
/// See Thompson, *Regular Expression Search Algorithm*, 1968, and <https://docs.python.org/3/library/re.html>.
public struct RegularExpression: Sendable, Equatable {
    /// A step of the expression; the others follow in order unless said otherwise.
    enum Instruction: Sendable {
        /// Takes a character of a set.
        case take(ScalarSet)
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
        /// Goes on only here.
        case check(Position)
        case match
    }

    /// A place in the text, between two characters.
    enum Position: Sendable {
        case start
        case end
        case wordBoundary
        case noWordBoundary
    }

    /// The text of the expression.
    public let pattern: String
    private let program: [Instruction]

    /// Reads an expression.
    ///
    /// - Throws: `RegularExpressionProblem` with what is wrong, and where.
    public init(_ pattern: String) throws(RegularExpressionProblem) {
        self.pattern = pattern
        var parser = RegularExpressionParser(pattern)
        var compiler = RegularExpressionCompiler(pattern: pattern)
        try compiler.add(try parser.parse())
        program = compiler.instructions + [.match]
    }

    /// What is wrong with a text as an expression; nil if nothing is.
    public static func problem(with pattern: String) -> RegularExpressionProblem? {
        do throws(RegularExpressionProblem) {
            _ = try RegularExpression(pattern)
            return nil
        } catch {
            return error
        }
    }

    /// Whether the whole text matches, as with Python's `re.fullmatch`.
    public func matches(_ text: String) -> Bool { run(over: text, startsAnywhere: false, endsAnywhere: false) }

    /// Whether a text begins with something that matches, as with Python's `re.match`.
    public func matchesStart(of text: String) -> Bool { run(over: text, startsAnywhere: false, endsAnywhere: true) }

    /// Whether a text holds something that matches, as with Python's `re.search`.
    public func isFound(in text: String) -> Bool { run(over: text, startsAnywhere: true, endsAnywhere: true) }

    private func run(over text: String, startsAnywhere: Bool, endsAnywhere: Bool) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var places: [Int] = []
        var seen = [Int](repeating: -1, count: program.count)
        follow(from: 0, at: 0, in: scalars, &places, &seen)
        for (index, scalar) in scalars.enumerated() {
            if endsAnywhere, hasMatch(places) { return true }
            let current = places
            places = []
            for place in current {
                guard case .take(let set) = program[place], set.contains(scalar) else { continue }
                follow(from: place + 1, at: index + 1, in: scalars, &places, &seen)
            }
            if startsAnywhere { follow(from: 0, at: index + 1, in: scalars, &places, &seen) }
        }
        return hasMatch(places)
    }

    private func hasMatch(_ places: [Int]) -> Bool {
        places.contains { if case .match = program[$0] { true } else { false } }
    }

    /// Adds the places that are reached without taking a character.
    private func follow(
        from place: Int, at index: Int, in text: [Unicode.Scalar], _ places: inout [Int], _ seen: inout [Int]
    ) {
        var pending = [place]
        while let place = pending.popLast() {
            guard seen[place] != index else { continue }
            seen[place] = index
            switch program[place] {
            case .take, .match: places.append(place)
            case .split(let first, let second): pending += [second, first]
            case .jump(let target): pending.append(target)
            case .check(let position): if Self.holds(position, at: index, in: text) { pending.append(place + 1) }
            }
        }
    }

    private static func holds(_ position: Position, at index: Int, in text: [Unicode.Scalar]) -> Bool {
        func isWord(_ index: Int) -> Bool { text.indices.contains(index) && ScalarSet.word.contains(text[index]) }
        switch position {
        case .start: return index == 0
        case .end: return index == text.count
        case .wordBoundary: return isWord(index - 1) != isWord(index)
        case .noWordBoundary: return isWord(index - 1) == isWord(index)
        }
    }
}

extension RegularExpression {
    /// Whether two expressions have the same text.
    public static func == (left: RegularExpression, right: RegularExpression) -> Bool { left.pattern == right.pattern }
}
