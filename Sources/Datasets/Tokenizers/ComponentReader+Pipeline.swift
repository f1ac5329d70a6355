import JSON
import OrderedCollections

extension ComponentReader {
    /// The steps of `normalizer`.
    mutating func normalizers(_ value: JSONValue, _ path: String = "normalizer") -> [TextNormalizer] {
        if value == nil { return [] }
        let component = component(
            value, path,
            kinds: ["NFC": [], "Replace": ["pattern", "content"], "Lowercase": [], "Sequence": ["normalizers"]])
        guard let component else { return [] }
        switch component.type {
        case "NFC": return [.composition]
        case "Lowercase": return [.lowercase]
        case "Replace":
            require(component, "pattern", isOneOf: [["Regex": #"\s+"#]])
            require(component, "content", isOneOf: [" "])
            return [.singleSpaces]
        default: return items(component, "normalizers").flatMap { normalizers($0.value, $0.path) }
        }
    }

    private enum SplittingStep {
        case pattern(WordPattern)
        case bytes(addsPrefixSpace: Bool, splitsAsGPT2: Bool)
    }

    /// How `pre_tokenizer` splits texts: by patterns, then into bytes.
    mutating func splitter(_ value: JSONValue) -> WordSplitter {
        let problemCount = problems.count
        var patterns: [WordPattern] = []
        var splitter: WordSplitter?
        for step in splittingSteps(value, "pre_tokenizer") {
            switch step {
            case .pattern(let pattern) where splitter == nil: patterns.append(pattern)
            case .bytes(let addsPrefixSpace, let splitsAsGPT2) where splitter == nil:
                splitter = WordSplitter(
                    patterns: patterns, addsPrefixSpace: addsPrefixSpace, splitsAsGPT2: splitsAsGPT2)
            default:
                note(.wrongSetting("pre_tokenizer", expected: "nothing after 'ByteLevel'"))
            }
        }
        if splitter == nil, problems.count == problemCount {
            note(.wrongSetting("pre_tokenizer", expected: "'ByteLevel', or a sequence that ends with it"))
        }
        return splitter ?? WordSplitter(patterns: [], addsPrefixSpace: false, splitsAsGPT2: true)
    }

    private mutating func splittingSteps(_ value: JSONValue, _ path: String) -> [SplittingStep] {
        if value == nil { return [] }
        let component = component(
            value, path,
            kinds: [
                "ByteLevel": Self.byteLevelSettings, "Split": ["pattern", "behavior", "invert"],
                "Sequence": ["pretokenizers"],
            ])
        guard let component else { return [] }
        switch component.type {
        case "ByteLevel":
            return [
                .bytes(
                    addsPrefixSpace: flag(component, "add_prefix_space", default: true),
                    splitsAsGPT2: flag(component, "use_regex", default: true))
            ]
        case "Split": return pattern(component).map { [.pattern($0)] } ?? []
        default: return items(component, "pretokenizers").flatMap { splittingSteps($0.value, $0.path) }
        }
    }

    static let byteLevelSettings: Set<String> = ["add_prefix_space", "trim_offsets", "use_regex"]

    /// A pattern that keeps what it finds: as the only words, or where it finds everything, as words beside others.
    private mutating func pattern(_ component: Component) -> WordPattern? {
        let known = WordPattern.allCases
        guard require(component, "pattern", isOneOf: known.map { ["Regex": .string($0.expression)] }),
            let pattern = known.first(where: { component.settings["pattern"]?["Regex"]?.string == $0.expression })
        else { return nil }
        let isInverted = flag(component, "invert", default: false)
        switch component.settings["behavior"]?.string {
        case "Removed" where isInverted: return pattern
        case "Isolated" where pattern == .gpt2: return pattern
        default:
            note(.wrongSetting(component.path, expected: "'Removed' and inverted, or for GPT-2's pattern 'Isolated'"))
            return nil
        }
    }

    /// Makes sure that `decoder` turns tokens into bytes.
    mutating func checkDecoder(_ value: JSONValue) {
        _ = component(value, "decoder", kinds: ["ByteLevel": Self.byteLevelSettings])
    }
}
