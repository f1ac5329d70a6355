/// Texts as tokens, all of one length.
public struct TokenBatch: Sendable, Equatable {
    /// How many texts there are.
    public let count: Int
    /// How many tokens each has, with those that fill it up.
    public let length: Int
    /// The ids, `[count, length]`.
    public let ids: [Int32]
    /// 1 for what belongs to the text and its special tokens, 0 for what fills it up; `[count, length]`.
    public let attentionMask: [Int32]

    /// Fills up texts at their ends.
    ///
    /// - Parameters:
    ///   - texts: The ids of each text.
    ///   - length: How many tokens each shall have; none may have more.
    ///   - padding: The id that fills them up.
    init(_ texts: [[Int32]], length: Int, padding: Int32) {
        count = texts.count
        self.length = length
        ids = texts.flatMap { $0 + repeatElement(padding, count: length - $0.count) }
        attentionMask = texts.flatMap { text in (0..<length).map { $0 < text.count ? 1 : 0 } }
    }
}
