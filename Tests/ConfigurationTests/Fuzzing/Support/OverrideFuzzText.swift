import TestSupport

/// Texts for the override parser.
enum OverrideFuzzText {
    static let generator = FuzzText(alphabet: alphabet, corpus: FuzzCorpus.overrides.map { Array($0.utf8) }) {
        special(&$0)
    }

    private static let alphabet: [String] = [
        "k=", "+k=", "++k=", "~k", "~k=", "a/b@c.d=", "a.0.b=", "@:=", "$=", "=", "==", ",", ", ", ":", ".", "/", "@",
        "~",
        "[", "]", "{", "}", "(", ")", "'", "\"", "\\", "\\\\", "\\'", "\\\"", "\\,", "\\ ", "\\=", " ", "\t", "\n",
        "\r",
        "a", "b", "a:1", "a:", "true", "False", "null", "nan", "inf", "-inf", "0", "1", "-1", "1_0", "1.", ".5", "1e3",
        "1e-3",
        "1e400", "5e-324", "0.1", "007", "9223372036854775807", "-9223372036854775808", "99999999999999999999",
        "${", "${a}", "${a.b}", "${now:%Y}", "}", "$", "*", "?", "%", "|", "-", "é", "e\u{301}", "\u{1F600}", "\u{0}",
        "\u{1B}", "\u{85}", "\u{2028}", "\u{A0}", "int(", "float(", "str(", "bool(", "choice(", "range(", "interval(",
        "tag(",
        "sort(", "shuffle(", "glob(", "glob(*,exclude=", "reverse=true", "start=", "stop=", "step=", "list=", "sweep=",
        "value=", "sort(range(", "int(str(", "choice(a,b)", "range(1,3)", "[1,2]", "{a:1}", "unknown(", "a,b", "1,2,3",
        "hydra.", "hydra/", "defaults", "_target_",
    ]

    private static func special(_ random: inout SplitMix64) -> [UInt8] {
        let count = random.number(in: 1...(random.chance(percent: 10) ? 2000 : 110))
        let text: String
        switch random.below(7) {
        case 0: text = "k=" + String(repeating: random.pick(["[", "{a:", "sort(", "[{a:"]), count: count)
        case 1: text = "k=" + String(repeating: "[", count: count) + String(repeating: "]", count: count)
        case 2:
            let word = random.pick(["${", "\\", "'", "1e", "a ", "a:", " ", "-"])
            text = "k=" + String(repeating: word, count: count)
        case 3: text = "k=" + String(repeating: random.pick(["1", "1_", "0", "9"]), count: count * 5)
        case 4: text = "k=" + random.pick(["", "sort(", "shuffle("]) + range(&random) + ")"
        case 5: text = "k={" + (0..<count).map { "k\($0):\($0)" }.joined(separator: ",") + "}"
        default: text = String(repeating: random.pick(["a.", "a/", "0.", "$"]), count: count) + "=1"
        }
        return Array(text.utf8)
    }

    private static func range(_ random: inout SplitMix64) -> String {
        func number() -> String {
            switch random.below(6) {
            case 0: return String(Int(truncatingIfNeeded: random.next()))
            case 1: return String(Double(bitPattern: random.next()))
            case 2: return random.pick(["inf", "-inf", "nan", "0", "1e308", "5e-324", "9223372036854775807"])
            case 3: return String(Double(random.number(in: -100...100)) / 10)
            default: return String(random.number(in: -20...20))
            }
        }
        return "range(\(number()),\(number()),\(number()))"
    }
}
