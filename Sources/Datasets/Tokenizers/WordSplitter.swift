/// Splits a text into words, and gives the bytes of each.
struct WordSplitter: Sendable, Equatable {
    /// Patterns that are applied one after another, each to the words of the one before.
    let patterns: [WordPattern]
    /// Whether a space is put before what these leave, unless there is one.
    let addsPrefixSpace: Bool
    /// Whether what comes out is then split by GPT-2's pattern.
    let splitsAsGPT2: Bool

    /// Calls a function with the bytes of each word.
    func forEachWord(in text: ArraySlice<Unicode.Scalar>, _ body: (ArraySlice<Unicode.Scalar>) -> Void) {
        forEachWord(in: text, patterns[...], body)
    }

    private func forEachWord(
        in text: ArraySlice<Unicode.Scalar>, _ patterns: ArraySlice<WordPattern>,
        _ body: (ArraySlice<Unicode.Scalar>) -> Void
    ) {
        guard let pattern = patterns.first else { return finish(text, body) }
        var start = text.startIndex
        while let word = pattern.nextWord(in: text, from: &start) {
            forEachWord(in: text[word], patterns.dropFirst(), body)
        }
    }

    private func finish(_ text: ArraySlice<Unicode.Scalar>, _ body: (ArraySlice<Unicode.Scalar>) -> Void) {
        let prefixed = addsPrefixSpace && text.first != " " ? [" "] + text : text
        guard splitsAsGPT2 else { return prefixed.isEmpty ? () : body(prefixed) }
        var start = prefixed.startIndex
        while let word = WordPattern.gpt2.nextWord(in: prefixed, from: &start) { body(prefixed[word]) }
    }
}
