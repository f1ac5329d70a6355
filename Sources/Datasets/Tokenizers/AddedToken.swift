/// A token that is found in texts before anything is split into words.
public struct AddedToken: Sendable, Equatable {
    /// The text that it stands for.
    public let content: String
    /// Its id.
    public let id: Int32
    /// Whether it is no text, but marks a beginning, an end or the like.
    public let isSpecial: Bool
    /// Whether it is looked for in the normalized text, not in the text as it is.
    let isNormalized: Bool
    /// Whether it takes the blanks before it along.
    let takesLeftBlanks: Bool
    /// Whether it takes the blanks after it along.
    let takesRightBlanks: Bool
}

/// Finds added tokens in a text.
struct AddedTokenSearch: Sendable {
    private struct Pattern {
        let scalars: [Unicode.Scalar]
        let token: AddedToken
    }

    /// What begins with a character, the longest first.
    private var patterns: [Unicode.Scalar: [Pattern]] = [:]
    /// A bit for the lowest six bits of each of these characters, which tells most others apart at once.
    private var firstBits: UInt64 = 0

    /// A search.
    ///
    /// - Parameters:
    ///   - tokens: What is looked for.
    ///   - normalizers: What is done to the content of tokens before.
    init(for tokens: [AddedToken], normalizers: [TextNormalizer]) {
        for token in tokens {
            var scalars = Array(token.content.unicodeScalars)
            for normalizer in normalizers { normalizer.apply(to: &scalars) }
            guard let first = scalars.first else { continue }
            patterns[first, default: []].append(Pattern(scalars: scalars, token: token))
            firstBits |= Self.bit(first)
        }
        for first in patterns.keys { patterns[first]?.sort { $0.scalars.count > $1.scalars.count } }
    }

    private static func bit(_ scalar: Unicode.Scalar) -> UInt64 { 1 << UInt64(scalar.value & 63) }

    /// The next token in a text, of several at one place the longest.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - start: Where to look from.
    /// - Returns: The token and its place, with the blanks that it takes along; nil if none follows.
    func next(in text: ArraySlice<Unicode.Scalar>, from start: Int) -> (token: AddedToken, range: Range<Int>)? {
        for index in start..<text.endIndex where firstBits & Self.bit(text[index]) != 0 {
            let pattern = patterns[text[index]]?.first { text[index...].starts(with: $0.scalars) }
            guard let pattern else { continue }
            var range = index..<index + pattern.scalars.count
            if pattern.token.takesLeftBlanks {
                let blanks = text[start..<index].reversed().prefix { ScalarClass($0) == .blank }
                range = range.lowerBound - blanks.count..<range.upperBound
            }
            if pattern.token.takesRightBlanks {
                let blanks = text[range.upperBound...].prefix { ScalarClass($0) == .blank }
                range = range.lowerBound..<range.upperBound + blanks.count
            }
            return (pattern.token, range)
        }
        return nil
    }
}
