/// Makes texts of bytes: random ones, random words of an alphabet, and mutations of known texts.
package struct FuzzText: Sendable {
    /// Words that mean something to the reader under test, or have made trouble elsewhere.
    package let alphabet: [[UInt8]]
    /// Texts to start mutations from.
    package let corpus: [[UInt8]]
    /// Makes texts that are large or deep.
    package let special: @Sendable (inout SplitMix64) -> [UInt8]

    package init(
        alphabet: [String], corpus: [[UInt8]], special: @escaping @Sendable (inout SplitMix64) -> [UInt8]
    ) {
        // Not all of these are UTF-8.
        let malformed: [[UInt8]] = [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x80], [0],
        ]
        self.alphabet = alphabet.map { Array($0.utf8) } + malformed
        self.corpus = corpus
        self.special = special
    }

    /// A text of any kind.
    package func make(_ random: inout SplitMix64) -> [UInt8] {
        switch random.below(200) {
        case ..<20: return (0..<random.below(64)).map { _ in random.byte() }
        case ..<100: return words(&random)
        case ..<198 where !corpus.isEmpty: return mutated(random.pick(corpus), &random)
        default: return special(&random)
        }
    }

    private func words(_ random: inout SplitMix64) -> [UInt8] {
        // A few words used again and again meet more often than many.
        let few = (0...random.below(8)).map { _ in random.pick(alphabet) }
        let source = random.chance(percent: 40) ? few : alphabet
        return (0..<random.below(30)).flatMap { _ in random.pick(source) }
    }

    private func mutated(_ text: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var text = text
        for _ in 0...random.below(4) { mutate(&text, &random) }
        return text
    }

    private func mutate(_ text: inout [UInt8], _ random: inout SplitMix64) {
        let place = random.below(text.count + 1)
        let range = place..<min(text.count, place + random.below(12))
        switch random.below(9) {
        case 0 where place < text.count: text[place] ^= 1 << UInt8(random.below(8))
        case 1 where place < text.count: text[place] = random.byte()
        case 2: text.removeSubrange(range)
        case 3:
            let copies = [[UInt8]](repeating: Array(text[range]), count: random.below(20))
            text.insert(contentsOf: copies.joined(), at: place)
        case 4:
            let other = random.pick(corpus)
            text.replaceSubrange(place..., with: other[random.below(other.count + 1)...])
        case 5: text.removeSubrange(place...)
        case 6: text.replaceSubrange(range, with: random.pick(alphabet))
        case 7: text.insert(contentsOf: text[range], at: random.below(text.count + 1))
        default: text.insert(contentsOf: random.pick(alphabet), at: place)
        }
    }
}
