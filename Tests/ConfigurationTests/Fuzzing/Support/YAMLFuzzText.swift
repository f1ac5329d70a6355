import TestSupport

/// Texts for the YAML reader.
enum YAMLFuzzText {
    static let generator = FuzzText(alphabet: alphabet, corpus: FuzzCorpus.yaml) { special(&$0) }

    private static let alphabet: [String] = [
        // Indicators, blanks and line ends.
        "-", "- ", "?", "? ", ":", ": ", ",", ", ", "[", "]", "{", "}", "#", " #", "&", "*", "!", "|", ">", "'", "\"",
        "%", "@", "`", " ", "  ", "    ", "\t", "\n", "\n", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", "\r", "\r\n",
        "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{A0}", "\u{B}", "\u{C}", "\u{1B}", "\u{7F}", "\u{9B}",
        // Documents and directives.
        "---", "--- ", "...", "\n---\n", "\n...\n", "%YAML 1.1\n", "%YAML 2.0\n", "%TAG ! tag:x,2000:\n", "%\n",
        // Anchors, aliases, tags, merges.
        "&a ", "&b ", "*a", "*b", "*a ", "<<: ", "<<: *a\n", "<<: [*a, *b]\n", "<<", "=", "!!str ", "!!int ",
        "!!float ", "!!bool ", "!!null ", "!!map ", "!!seq ", "!!binary ", "!!set ", "!!omap ", "! ", "!x ", "!<%00> ",
        // Keys and values.
        "a", "b", "a: ", "b: ", "k: v\n", "1: ", "true: ", "null: ", "? a\n: b\n", "{a: b}", "[a, b]", "defaults:\n",
        "# @package x\n", "hydra:\n", "_self_", "???", "${", "${a}", "${..b}", "${oc.env:X,1}", "\\${a}", "\\\\${a}",
        "}",
        // Scalars of all kinds.
        "|\n", "|-\n", "|+\n", ">\n", ">2-\n", "|9\n", "''", "'a''b'", "\"\\n\"", "\"\\x41\\u263A\\U0001F600\"", "\"\\",
        "0", "1", "-1", "+1", "007", "0b101", "0x1F", "0x_", "1_000", "1:30", "1:30.5", "1e3", "1.5e+3", ".5", "-.5",
        ".",
        ".inf", "-.INF", ".nan", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "1e400",
        "5e-324", "null", "~", "true", "yes", "off", "2001-12-14", "2001-12-14t21:59:43.10-05:00", "e\u{301}",
        "ß", "\u{1F600}", "\u{202E}", "\u{10FFFF}", "word word word word word word word word word word word word word",
    ]

    private static func special(_ random: inout SplitMix64) -> [UInt8] {
        let count = random.number(in: 1...(random.chance(percent: 10) ? 2000 : 210))
        let text: String
        switch random.below(9) {
        case 0: text = nested(count, "[", "]", &random)
        case 1: text = nested(count, "{a: ", "}", &random)
        case 2: text = String(repeating: random.pick(["- ", "? ", "- ? ", "- - a: "]), count: count) + "x"
        case 3: text = (0..<count).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        case 4: text = laughs(levels: random.number(in: 1...4), width: random.number(in: 1...10))
        case 5:
            let word = random.pick(["word ", "x", "é", "'' ", "\u{2028}", "${a}"])
            text = "k: " + String(repeating: word, count: count * 10)
        case 6: text = "k: " + random.pick(["", "0x", "0b", "0", "1:"]) + String(repeating: "1", count: count * 5)
        case 7: text = chainedAliases(random.number(in: 1...10), depth: random.number(in: 1...199))
        default:
            let word = random.pick(["\\", "\\u", "\\n ", " ", "\n\n"])
            text = "k: \"" + String(repeating: word, count: count) + "\""
        }
        return Array(text.utf8)
    }

    private static func nested(_ count: Int, _ opening: String, _ closing: String, _ random: inout SplitMix64) -> String
    {
        let tail =
            random.chance(percent: 70) ? String(repeating: closing, count: count) : random.pick(["", "\t", "a: *b"])
        return String(repeating: opening, count: count) + tail
    }

    /// Aliases of lists of aliases: the number of values grows with a power.
    static func laughs(levels: Int, width: Int) -> String {
        (0..<levels).map { level in
            let items = (0..<width).map { _ in level == 0 ? "x" : "*a\(level - 1)" }
            return "a\(level): &a\(level) [" + items.joined(separator: ", ") + "]\n"
        }.joined()
    }

    /// Deep lists that hold an alias of the one before: the depths add up.
    static func chainedAliases(_ count: Int, depth: Int) -> String {
        (0..<count).map { index in
            let inner = index == 0 ? "x" : "*a\(index - 1)"
            return "- &a\(index) " + String(repeating: "[", count: depth) + inner + String(repeating: "]", count: depth)
        }.joined(separator: "\n")
    }
}
