/// A parser that goes through the tokens of a lexicon: what the grammars of overrides and interpolations share.
protocol TokenReader {
    var lexicon: Lexicon { get }
    /// Where the next token starts.
    var position: Int { get set }
}

extension TokenReader {
    /// Consumes a character with blanks before it, such as a closing bracket.
    mutating func takeAfterBlanks(_ scalar: Unicode.Scalar) -> Bool {
        let afterBlanks = lexicon.skipBlanks(position)
        guard lexicon[afterBlanks] == scalar else { return false }
        position = afterBlanks + 1
        return true
    }

    /// Consumes a comma with blanks on both sides.
    mutating func takeComma() -> Bool {
        guard takeAfterBlanks(",") else { return false }
        position = lexicon.skipBlanks(position)
        return true
    }
}
