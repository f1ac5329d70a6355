/// The characters that stand for bytes in a byte-level vocabulary, all of them visible.
///
/// A. Radford et al.: *Language Models are Unsupervised Multitask Learners* (GPT-2), 2019. Bytes that are visible
/// characters of Latin-1 stand for themselves; the others, in order, for U+0100 on.
enum ByteAlphabet {
    /// The character of each byte.
    static let characters: [Unicode.Scalar] = {
        let visible: [ClosedRange<UInt8>] = [0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF]
        var next: UInt32 = 0x100
        return (0...UInt8.max).map { byte in
            if visible.contains(where: { $0.contains(byte) }) { return Unicode.Scalar(byte) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? "\u{FFFD}"
        }
    }()

    private static let bytes = Dictionary(uniqueKeysWithValues: zip(characters, 0...UInt8.max))

    /// The bytes that a token stands for; nil if some of its characters stand for none.
    static func bytes(of token: String) -> [UInt8]? {
        var result: [UInt8] = []
        for scalar in token.unicodeScalars {
            guard let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return result
    }
}
