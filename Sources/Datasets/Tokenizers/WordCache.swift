/// The tokens of words that have been met.
struct WordCache {
    private static let countLimit = 1 << 16
    private static let lengthLimit = 64

    private var words = ByteStringTable()
    /// Where the tokens of each word end.
    private var ends: [Int] = []
    private var tokens: [Int32] = []

    /// Appends the tokens of a word, if they are known.
    func append(_ word: [UInt8], to ids: inout [Int32]) -> Bool {
        guard word.count <= Self.lengthLimit, let number = words.number(of: word.span) else { return false }
        ids += tokens[(number == 0 ? 0 : ends[number - 1])..<ends[number]]
        return true
    }

    /// Keeps the tokens of a word that is not known, unless it is long or there are very many.
    mutating func store(_ word: [UInt8], _ ids: ArraySlice<Int32>) {
        guard word.count <= Self.lengthLimit, words.count < Self.countLimit else { return }
        guard words.insert(word.span).isNew else { return }
        tokens += ids
        ends.append(tokens.count)
    }
}
