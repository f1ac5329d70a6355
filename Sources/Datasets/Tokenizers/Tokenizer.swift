import Diagnostics

/// A byte-level byte-pair tokenizer: CLIP's, GPT-2's and those of models that follow them.
///
/// It gives the ids that Hugging Face's tokenizers give. See `init(directory:)` for the files that it is read from.
///
/// ```swift
/// let tokenizer = try Tokenizer(directory: "clip-vit-base-patch32")
/// let batch = try tokenizer.encode(["a photo of a cat."], maximumLength: 77, padding: .toMaximumLength)
/// ```
///
/// It never changes, and is a class so that what holds one, and every closure on the way of a word, has but one reference.
public final class Tokenizer: Sendable {
    /// All tokens, with the added ones.
    public let vocabulary: Vocabulary
    /// The tokens that are found before a text is split into words.
    public let addedTokens: [AddedToken]
    /// What is said beside the vocabulary: which token begins a text, ends it, and fills it up; how long it may be.
    public let settings: TokenizerSettings

    private let normalizers: [TextNormalizer]
    private let splitter: WordSplitter
    private let encoding: BytePairEncoding
    private let frame: SpecialTokenFrame
    private let wordEnd: String
    private let plainSearch: AddedTokenSearch
    private let normalizedSearch: AddedTokenSearch
    private let specialIDs: Set<Int32>

    init(_ parts: TokenizerParts, settings: TokenizerSettings) {
        vocabulary = parts.vocabulary
        addedTokens = parts.addedTokens
        self.settings = settings
        normalizers = parts.normalizers
        splitter = parts.splitter
        encoding = parts.encoding
        frame = parts.frame
        wordEnd = parts.wordEnd
        plainSearch = AddedTokenSearch(for: addedTokens.filter { !$0.isNormalized }, normalizers: [])
        normalizedSearch = AddedTokenSearch(for: addedTokens.filter(\.isNormalized), normalizers: normalizers)
        specialIDs = Set(addedTokens.lazy.filter(\.isSpecial).map(\.id))
    }
}

extension Tokenizer {
    /// How texts of different lengths become a batch.
    public enum Padding: Sendable {
        /// All become as long as the longest of them.
        case toLongest
        /// All become as long as they may be.
        case toMaximumLength
    }

    /// The ids of a text.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - maximumLength: How many tokens there may be, with the special ones; the end of the text is cut off, its special
    ///     tokens stay. Nil for any number.
    ///   - addsSpecialTokens: Whether the tokens that begin and end a text are added.
    /// - Returns: The ids.
    /// - Throws: `TokenizerError.lengthTooSmall` if there is no room for the special tokens.
    public func encode(
        _ text: String, maximumLength: Int? = nil, addsSpecialTokens: Bool = true
    ) throws(TokenizerError) -> [Int32] {
        var session = EncodingSession()
        return try encode(text, maximumLength, addsSpecialTokens ? frame : SpecialTokenFrame(), &session)
    }

    /// The ids of several texts, each with its special tokens.
    ///
    /// - Parameters:
    ///   - texts: Any texts.
    ///   - maximumLength: How many tokens each may have, with the special ones; nil for any number.
    /// - Returns: The ids of each.
    /// - Throws: `TokenizerError.lengthTooSmall` if there is no room for the special tokens.
    public func encode(_ texts: [String], maximumLength: Int? = nil) throws(TokenizerError) -> [[Int32]] {
        var session = EncodingSession()
        var result: [[Int32]] = []
        result.reserveCapacity(texts.count)
        for text in texts { result.append(try encode(text, maximumLength, frame, &session)) }
        return result
    }

    /// The ids of several texts, filled up to one length.
    ///
    /// - Parameters:
    ///   - texts: Any texts.
    ///   - maximumLength: How many tokens each may have, with the special ones.
    ///   - padding: How long they all become.
    /// - Returns: Ids and attention mask, `[texts, tokens]`.
    /// - Throws: `TokenizerError.lengthTooSmall` if there is no room for the special tokens, `.noPaddingToken` if nothing is
    ///   known to fill texts up.
    public func encode(
        _ texts: [String], maximumLength: Int, padding: Padding
    ) throws(TokenizerError) -> TokenBatch {
        try batch(try encode(texts, maximumLength: maximumLength), maximumLength: maximumLength, padding: padding)
    }

    /// Texts that have become ids, filled up to one length.
    ///
    /// - Parameters:
    ///   - ids: The ids of each text, at most `maximumLength`.
    ///   - maximumLength: How many tokens each may have.
    ///   - padding: How long they all become.
    /// - Returns: Ids and attention mask, `[texts, tokens]`.
    /// - Throws: `TokenizerError.noPaddingToken` if nothing is known to fill texts up.
    public func batch(
        _ ids: [[Int32]], maximumLength: Int, padding: Padding
    ) throws(TokenizerError) -> TokenBatch {
        let longest = ids.lazy.map(\.count).max() ?? 0
        let length = padding == .toLongest ? longest : max(maximumLength, longest)
        let token = settings.padding.flatMap { vocabulary.id(of: $0) }
        if token == nil, ids.contains(where: { $0.count < length }) { throw .noPaddingToken }
        return TokenBatch(ids, length: length, padding: token ?? 0)
    }

    /// The text that ids stand for.
    ///
    /// Bytes that are no UTF-8 become U+FFFD, and ids without a token nothing.
    ///
    /// - Parameters:
    ///   - ids: The ids.
    ///   - skipsSpecialTokens: Whether tokens that are no text are left out.
    /// - Returns: The text; for vocabularies that mark the ends of words, with one space behind each word but the last.
    public func decode(_ ids: some Sequence<Int32>, skipsSpecialTokens: Bool = false) -> String {
        var bytes: [UInt8] = []
        for id in ids where !(skipsSpecialTokens && specialIDs.contains(id)) {
            guard let token = vocabulary.token(id) else { continue }
            bytes += ByteAlphabet.bytes(of: token) ?? Array(token.utf8)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return wordEnd.isEmpty ? text : text.replacing(wordEnd, with: " ").trimmed
    }
}

/// What encoding several texts keeps from one to the next.
private struct EncodingSession {
    var cache = WordCache()
    var scratch = BytePairEncoding.Scratch()
    var word: [UInt8] = []
    var ids: [Int32] = []
}

extension Tokenizer {
    private func encode(
        _ text: String, _ maximumLength: Int?, _ frame: SpecialTokenFrame, _ session: inout EncodingSession
    ) throws(TokenizerError) -> [Int32] {
        let room = (maximumLength ?? .max) - frame.count
        if room < 0 { throw .lengthTooSmall(frame.count + room, specialTokens: frame.count) }
        session.ids.removeAll(keepingCapacity: true)
        let scalars = Array(text.unicodeScalars)[...]
        encode(scalars, plainSearch, &session) { part, session in
            var normalized = Array(part)
            for normalizer in normalizers { normalizer.apply(to: &normalized) }
            encode(normalized[...], normalizedSearch, &session) { part, session in
                splitter.forEachWord(in: part) { encodeWord($0, &session) }
            }
        }
        return frame.before + session.ids.prefix(room) + frame.after
    }

    /// Adds the tokens that a search finds, and hands on what stands between them.
    private func encode(
        _ text: ArraySlice<Unicode.Scalar>, _ search: AddedTokenSearch, _ session: inout EncodingSession,
        _ encodeRest: (ArraySlice<Unicode.Scalar>, inout EncodingSession) -> Void
    ) {
        var start = text.startIndex
        while let (token, range) = search.next(in: text, from: start) {
            if start < range.lowerBound { encodeRest(text[start..<range.lowerBound], &session) }
            session.ids.append(token.id)
            start = range.upperBound
        }
        if start < text.endIndex { encodeRest(text[start...], &session) }
    }

    private func encodeWord(_ word: ArraySlice<Unicode.Scalar>, _ session: inout EncodingSession) {
        session.word.removeAll(keepingCapacity: true)
        for scalar in word {
            if scalar.isASCII {
                session.word.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                session.word += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        if session.cache.append(session.word, to: &session.ids) { return }
        let start = session.ids.count
        encoding.encode(session.word, into: &session.ids, &session.scratch)
        session.cache.store(session.word, session.ids[start...])
    }
}

extension String {
    /// The text without what Python's `str.strip` removes at its ends: white space and the four separators of ASCII.
    fileprivate var trimmed: String {
        let isBlank = { (scalar: Unicode.Scalar) in
            scalar.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(scalar)
        }
        let start = unicodeScalars.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(start[...last]))
    }
}
