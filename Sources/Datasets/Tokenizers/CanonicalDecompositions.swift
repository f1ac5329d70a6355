/// Which characters are made of others, and which others make one.
struct CanonicalDecompositions {
    /// What a character is made of; one alone stands for a character that is only another name of it.
    typealias Parts = (first: Unicode.Scalar, second: Unicode.Scalar?)

    /// Those of Unicode 9, without the syllables of Hangul.
    static let standard = CanonicalDecompositions(parsing: table)

    private var partsOfWhole: [Unicode.Scalar: Parts] = [:]
    private var wholeOfParts: [UInt64: Unicode.Scalar] = [:]

    /// What a character is made of, of which the first may be made of others again; nil if it is not.
    func parts(of scalar: Unicode.Scalar) -> Parts? { partsOfWhole[scalar] }

    /// The character that two others make; nil if they make none.
    func composition(of first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        wholeOfParts[Self.key(first, second)]
    }

    private static func key(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt64 {
        UInt64(first.value) << 32 | UInt64(second.value)
    }

    /// Reads a table: `C0:` says which character the next item is for; each item is for the one after that of the last.
    ///
    /// An item is `41+300` for two parts that make a character, `915-93C` for two that do not, and `3A9` for one alone.
    private init(parsing table: String) {
        var value: UInt32 = 0
        for item in table.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
            if item.last == UInt8(ascii: ":") {
                value = Self.number(item.dropLast())
                continue
            }
            let mark = item.firstIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
            let first = Unicode.Scalar(Self.number(item[..<(mark ?? item.endIndex)]))
            let second = mark.flatMap { Unicode.Scalar(Self.number(item[item.index(after: $0)...])) }
            if let whole = Unicode.Scalar(value), let first {
                partsOfWhole[whole] = (first, second)
                if let second, let mark, item[mark] == UInt8(ascii: "+") {
                    wholeOfParts[Self.key(first, second)] = whole
                }
            }
            value += 1
        }
    }

    private static func number(_ digits: Substring.UTF8View) -> UInt32 { UInt32(Substring(digits), radix: 16) ?? 0 }
}
