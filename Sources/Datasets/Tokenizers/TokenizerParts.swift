import Diagnostics

/// What a tokenizer consists of, as its files say.
struct TokenizerParts {
    var vocabulary: Vocabulary
    var addedTokens: [AddedToken]
    var normalizers: [TextNormalizer]
    var splitter: WordSplitter
    var encoding: BytePairEncoding
    var frame: SpecialTokenFrame
    /// What marks the end of a word in the vocabulary; empty if nothing does.
    var wordEnd: String
}

/// A vocabulary and its merges, as files hold them.
struct BytePairModel {
    var tokens: [(token: String, id: Int)] = []
    var merges: [(left: String, right: String)] = []
    var wordEnd = ""
    var unknown: String?
    var fusesUnknown = false
}

extension BytePairModel {
    /// The vocabulary, without added tokens.
    func vocabulary(_ problems: inout [TokenizerProblem]) -> Vocabulary {
        var vocabulary = Vocabulary(capacity: tokens.count)
        for (token, id) in tokens { vocabulary.add(token, id: id, &problems) }
        return vocabulary
    }

    /// The encoding that a vocabulary and the merges make.
    func encoding(_ vocabulary: Vocabulary, _ problems: inout [TokenizerProblem]) -> BytePairEncoding {
        var ranks: [UInt64: UInt32] = [:]
        ranks.reserveCapacity(merges.count)
        var results: [Int32] = []
        results.reserveCapacity(merges.count)
        for (left, right) in merges {
            guard let leftID = vocabulary.id(of: left), let rightID = vocabulary.id(of: right),
                let result = vocabulary.id(of: left + right)
            else {
                let missing = [left, right, left + right].first { vocabulary.id(of: $0) == nil }
                let problem = "needs the token \((missing ?? "").quoted()), which the vocabulary does not have"
                problems.append(.invalidMerge("\(left) \(right)", number: results.count + 1, problem: problem))
                results.append(0)
                continue
            }
            ranks[BytePairEncoding.key(leftID, rightID)] = UInt32(truncatingIfNeeded: results.count)
            results.append(result)
        }
        let unknownID = unknown.flatMap { vocabulary.id(of: $0) }
        if let unknown, unknownID == nil { problems.append(.unknownToken(unknown, setting: "model.unk_token")) }
        return BytePairEncoding(
            symbols: ByteAlphabet.characters.map { vocabulary.id(of: String($0)) },
            lastSymbols: ByteAlphabet.characters.map { vocabulary.id(of: String($0) + wordEnd) },
            ranks: ranks, results: results, unknown: unknownID, fusesUnknown: fusesUnknown)
    }
}

extension Vocabulary {
    /// Adds a token, and notes what keeps it out.
    mutating func add(_ token: String, id: Int, _ problems: inout [TokenizerProblem]) {
        guard let narrow = Int32(exactly: id) else {
            problems.append(.wrongSetting("the id of \(token)", expected: "a number below 2³¹"))
            return
        }
        switch add(token, id: narrow) {
        case nil: break
        case .token(let other): problems.append(.conflictingToken(token, id: id, with: "id \(other)"))
        case .id(let other): problems.append(.conflictingToken(token, id: id, with: other))
        }
    }
}
