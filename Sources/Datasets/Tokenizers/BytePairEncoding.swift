import HeapModule

/// Byte-pair encoding: the bytes of a word, joined pair by pair, in the order in which the pairs were learned.
///
/// R. Sennrich, B. Haddow, A. Birch: *Neural Machine Translation of Rare Words with Subword Units*,
/// <https://arxiv.org/abs/1508.07909>.
struct BytePairEncoding: Sendable {
    /// The token of each byte; nil if the vocabulary has none.
    let symbols: [Int32?]
    /// The token of each byte where it ends a word.
    let lastSymbols: [Int32?]
    /// The rank of a pair of tokens: the lower, the earlier it is joined.
    let ranks: [UInt64: UInt32]
    /// What the pair of each rank becomes.
    let results: [Int32]
    /// What stands for bytes that have no token; nil to leave them out.
    let unknown: Int32?
    /// Whether several unknown bytes one after another become one token.
    let fusesUnknown: Bool

    static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Appends the tokens of a word.
    ///
    /// - Complexity: O(n log n) for n bytes.
    func encode(_ word: [UInt8], into tokens: inout [Int32], _ scratch: inout Scratch) {
        scratch.start(with: firstTokens(of: word))
        for place in scratch.parts.indices.dropLast() { push(place, &scratch) }
        // Of equal pairs the leftmost comes first: ranks are in the high bits, places in the low ones.
        while let next = scratch.candidates.popMin() {
            let place = Int(UInt32(truncatingIfNeeded: next))
            let token = results[Int(next >> 32)]
            // A pair whose parts have changed is void, unless they would still become the same.
            guard !scratch.parts[place].isGone, let right = scratch.next(place),
                let rank = rank(place, right, scratch), results[Int(rank)] == token
            else { continue }
            scratch.join(place, right, token)
            push(place, &scratch)
            if let left = scratch.previous(place) { push(left, &scratch) }
        }
        for part in scratch.parts where !part.isGone { tokens.append(part.token) }
    }

    private func firstTokens(of word: [UInt8]) -> [Int32] {
        var tokens: [Int32] = []
        tokens.reserveCapacity(word.count)
        var isFused = false
        for (index, byte) in word.enumerated() {
            let known = index == word.count - 1 ? lastSymbols[Int(byte)] : symbols[Int(byte)]
            if let token = known ?? (isFused ? nil : unknown) { tokens.append(token) }
            isFused = fusesUnknown && known == nil
        }
        return tokens
    }

    private func rank(_ left: Int, _ right: Int, _ scratch: Scratch) -> UInt32? {
        ranks[Self.key(scratch.parts[left].token, scratch.parts[right].token)]
    }

    private func push(_ place: Int, _ scratch: inout Scratch) {
        guard let right = scratch.next(place), let rank = rank(place, right, scratch) else { return }
        scratch.candidates.insert(UInt64(rank) << 32 | UInt64(UInt32(truncatingIfNeeded: place)))
    }
}

extension BytePairEncoding {
    /// What a word is at work on, kept for the next one.
    struct Scratch {
        /// A part of the word, linked with its neighbours.
        struct Part {
            var token: Int32
            var previous: Int32
            var next: Int32
            var isGone = false
        }

        fileprivate(set) var parts: [Part] = []
        /// Pairs that may be joined; empty between words.
        fileprivate(set) var candidates = Heap<UInt64>()

        fileprivate mutating func start(with tokens: [Int32]) {
            parts.removeAll(keepingCapacity: true)
            for (index, token) in tokens.enumerated() {
                let next = index + 1 < tokens.count ? Int32(index + 1) : -1
                parts.append(Part(token: token, previous: Int32(index) - 1, next: next))
            }
        }

        fileprivate func next(_ place: Int) -> Int? { parts[place].next < 0 ? nil : Int(parts[place].next) }

        fileprivate func previous(_ place: Int) -> Int? { parts[place].previous < 0 ? nil : Int(parts[place].previous) }

        fileprivate mutating func join(_ left: Int, _ right: Int, _ token: Int32) {
            parts[left].token = token
            parts[left].next = parts[right].next
            parts[right].isGone = true
            if let after = next(left) { parts[after].previous = Int32(left) }
        }
    }
}
