import TestSupport

/// Texts for the interpolation parser, and small configurations to resolve.
enum InterpolationFuzzText {
    static let generator = FuzzText(alphabet: alphabet, corpus: FuzzCorpus.interpolations.map { Array($0.utf8) }) {
        special(&$0)
    }

    private static let alphabet: [String] = [
        "${", "${a}", "${a.b}", "${.a}", "${..a}", "${a[0]}", "${[a]}", "${a[", "]}", "}", "$", "{", "\\${", "\\\\${",
        "\\",
        "\\'", "\\\"", "'", "\"", "[", "]", "(", ")", ":", ",", ".", "..", " ", "\t", "\n", "a", "b", "oc.env:",
        "${oc.env:",
        "${oc.env:X,", "${oc.select:", "${oc.decode:", "${oc.create:", "${oc.dict.keys:", "${oc.dict.values:",
        "${oc.deprecated:", "${now:%Y-%m-%d}", "${now:", "${hydra:", "${unknown:", "${${a}}", "${${a}:b}", "a:1",
        "{a:1}",
        "[1,2]", "null", "true", "1", "-1", "1.5", "1e3", "inf", "nan", "1_0", "???", "é", "e\u{301}", "\u{1F600}",
        "\u{0}",
        "\u{1B}", "\u{85}", "\u{A0}", "%", "@", "-", "+", "/", "*", "|",
    ]

    private static func special(_ random: inout SplitMix64) -> [UInt8] {
        let count = random.number(in: 1...(random.chance(percent: 10) ? 2000 : 110))
        let text: String
        switch random.below(5) {
        case 0:
            text = String(repeating: random.pick(["${", "${a:", "${a:[", "${a:{b:", "${a:'", "${a."]), count: count)
        case 1: text = String(repeating: "${", count: count) + "a" + String(repeating: "}", count: count)
        case 2: text = "${" + String(repeating: random.pick([".", "a.", "[a]", "a:", "a "]), count: count) + "}"
        case 3:
            text =
                "${a:" + String(repeating: random.pick([",", "a ", "[", "a:", "\\ ", "'a',", "1"]), count: count) + "}"
        default: text = String(repeating: random.pick(["\\", "\\${", "$", "${a}", "\\\\${a}"]), count: count)
        }
        return Array(text.utf8)
    }

    /// A configuration whose few values point at each other.
    static func configuration(_ random: inout SplitMix64) -> String {
        if random.chance(percent: 25), !FuzzCorpus.resolution.isEmpty {
            let text = FuzzText(alphabet: alphabet, corpus: FuzzCorpus.resolution.map { Array($0.utf8) }) { _ in [] }
            return String(decoding: text.make(&random), as: UTF8.self)
        }
        return (0...random.below(7)).map { index in "\(keys[index]): \(value(&random, depth: 0))\n" }.joined()
    }

    private static let keys = ["a", "b", "c", "d", "e", "f", "g"]

    private static func value(_ random: inout SplitMix64, depth: Int) -> String {
        switch random.below(depth > 2 ? 8 : 10) {
        case 0: return String(random.number(in: -3...3))
        case 1: return random.pick(["x", "true", "null", "???", "''", "1.5", "b", "'0'"])
        case 2...4: return "'" + reference(&random, depth: 0) + "'"
        case 5...7:
            return "'" + (0...random.below(3)).map { _ in reference(&random, depth: 0) }.joined(separator: " ") + "'"
        case 8:
            return "[" + (0..<random.below(4)).map { _ in value(&random, depth: depth + 1) }.joined(separator: ", ")
                + "]"
        default:
            let entries = keys.prefix(random.below(4)).map { "\($0): \(value(&random, depth: depth + 1))" }
            return "{" + entries.joined(separator: ", ") + "}"
        }
    }

    private static func path(_ random: inout SplitMix64, depth: Int) -> String {
        let start = String(repeating: ".", count: max(0, random.below(6) - 2))
        let steps = (0...random.below(3)).map { _ in
            switch random.below(8) {
            case 0: return "0"
            case 1 where depth < 3: return reference(&random, depth: depth + 1)
            default: return random.pick(keys)
            }
        }
        return start + steps.joined(separator: ".")
    }

    private static func reference(_ random: inout SplitMix64, depth: Int) -> String {
        let path = path(&random, depth: depth)
        func argument() -> String {
            depth < 3 && random.chance(percent: 50)
                ? reference(&random, depth: depth + 1) : random.pick(["1", "x", "[a, 1]", "{a: b}"])
        }
        switch random.below(16) {
        case 0: return "${oc.select:\(path),\(argument())}"
        case 1: return "${oc.decode:\(argument())}"
        case 2: return "${oc.create:\(argument())}"
        case 3: return "${oc.dict.keys:\(path)}"
        case 4: return "${oc.dict.values:\(path)}"
        case 5: return "${oc.env:\(random.pick(["FB_TEST_LINK", "FB_TEST_DICT", "NONE"])),\(argument())}"
        case 6: return "${oc.deprecated:\(path)}"
        case 7: return "\\${\(path)}"
        case 8: return "\\${oc.decode:${\(path)}}"
        case 9: return "${oc.decode:${\(path)}}"
        case 10: return "${oc.create:${\(path)}}"
        default: return "${\(path)}"
        }
    }
}
