/// A pattern that finds the words in a text: the regular expressions that tokenizers are published with, by hand.
///
/// Each takes the first of its alternatives that fits at a place, and goes on behind it.
enum WordPattern: Sendable, Equatable, CaseIterable {
    /// That of CLIP: contractions, runs of letters, single digits, runs of other characters; no blanks.
    case clip
    /// The same, with CLIP's two special tokens as words.
    case clipWithSpecialTokens
    /// That of GPT-2: as CLIP's, but with runs of digits, and with the space before a word as a part of it; what remains
    /// of blanks is words as well.
    case gpt2

    /// The regular expression, as files have it.
    var expression: String {
        let contractions = "'s|'t|'re|'ve|'m|'ll|'d"
        return switch self {
        case .clip: contractions + #"|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#
        case .clipWithSpecialTokens: #"<\|startoftext\|>|<\|endoftext\|>|"# + Self.clip.expression
        case .gpt2: contractions + #"| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        }
    }

    /// The next word of a text, or a part of one.
    ///
    /// - Parameters:
    ///   - text: The text, of which nothing before `start` counts.
    ///   - start: Where to look from; moves behind the word.
    /// - Returns: The word's place; nil if none follows.
    func nextWord(in text: ArraySlice<Unicode.Scalar>, from start: inout Int) -> Range<Int>? {
        while start < text.endIndex {
            let end = wordEnd(in: text, from: start)
            if let end {
                defer { start = end }
                return start..<end
            }
            start += 1
        }
        return nil
    }

    /// The end of the word that begins at a place; nil if none does.
    private func wordEnd(in text: ArraySlice<Unicode.Scalar>, from start: Int) -> Int? {
        let scalar = text[start]
        if scalar == "'", let end = Self.contractionEnd(in: text, from: start) { return end }
        switch self {
        case .clip: return Self.clipWordEnd(in: text, from: start)
        case .clipWithSpecialTokens:
            if scalar == "<" {
                for token in Self.specialTokens where text[start...].starts(with: token) { return start + token.count }
            }
            return Self.clipWordEnd(in: text, from: start)
        case .gpt2:
            if scalar == " ", start + 1 < text.endIndex, ScalarClass(text[start + 1]) != .blank {
                return Self.runEnd(in: text, from: start + 1)
            }
            let end = Self.runEnd(in: text, from: start)
            // The last blank before a word belongs to the word, or stands alone.
            let isInnerBlank = ScalarClass(scalar) == .blank && end < text.endIndex && end - start > 1
            return isInnerBlank ? end - 1 : end
        }
    }

    private static let specialTokens = ["<|startoftext|>", "<|endoftext|>"].map { Array($0.unicodeScalars) }

    private static func clipWordEnd(in text: ArraySlice<Unicode.Scalar>, from start: Int) -> Int? {
        switch ScalarClass(text[start]) {
        case .blank: nil
        case .number: start + 1
        case .letter, .other: runEnd(in: text, from: start)
        }
    }

    /// The end of the characters of one class.
    private static func runEnd(in text: ArraySlice<Unicode.Scalar>, from start: Int) -> Int {
        let scalarClass = ScalarClass(text[start])
        var end = start + 1
        while end < text.endIndex, ScalarClass(text[end]) == scalarClass { end += 1 }
        return end
    }

    private static func contractionEnd(in text: ArraySlice<Unicode.Scalar>, from start: Int) -> Int? {
        guard start + 1 < text.endIndex else { return nil }
        switch text[start + 1] {
        case "s", "t", "m", "d": return start + 2
        case "r", "v": return start + 2 < text.endIndex && text[start + 2] == "e" ? start + 3 : nil
        case "l": return start + 2 < text.endIndex && text[start + 2] == "l" ? start + 3 : nil
        default: return nil
        }
    }
}
