import JSON
import OrderedCollections

extension ComponentReader {
    /// The tokens that `post_processor` puts around a text.
    mutating func frame(
        _ value: JSONValue, _ vocabulary: Vocabulary, _ path: String = "post_processor"
    ) -> SpecialTokenFrame {
        if value == nil { return SpecialTokenFrame() }
        let component = component(
            value, path,
            kinds: [
                "RobertaProcessing": ["sep", "cls", "trim_offsets", "add_prefix_space"],
                "TemplateProcessing": ["single", "pair", "special_tokens"],
                "ByteLevel": Self.byteLevelSettings, "Sequence": ["processors"],
            ])
        guard let component else { return SpecialTokenFrame() }
        switch component.type {
        case "RobertaProcessing":
            return SpecialTokenFrame(
                before: namedToken(component, "cls", vocabulary), after: namedToken(component, "sep", vocabulary))
        case "TemplateProcessing": return template(component, vocabulary)
        case "ByteLevel": return SpecialTokenFrame()
        default:
            return items(component, "processors").reduce(SpecialTokenFrame()) {
                $0.framed(by: frame($1.value, vocabulary, $1.path))
            }
        }
    }

    /// A token and its id: `["<|endoftext|>", 49407]`.
    private mutating func namedToken(_ component: Component, _ name: String, _ vocabulary: Vocabulary) -> [Int32] {
        let path = "\(component.path).\(name)"
        guard let pair = component.settings[name]?.array, pair.count == 2, let token = pair[0].string,
            let id = pair[1].int
        else {
            note(.wrongSetting(path, expected: "a token and its id"))
            return []
        }
        return known([id], token, path, vocabulary)
    }

    private mutating func known(_ ids: [Int], _ token: String, _ path: String, _ vocabulary: Vocabulary) -> [Int32] {
        let known = ids.compactMap { Int32(exactly: $0) }.filter { vocabulary.token($0) != nil }
        if known.count < ids.count { note(.unknownToken(token, setting: path)) }
        return known
    }

    /// The template for one text: special tokens, the text, special tokens.
    private mutating func template(_ component: Component, _ vocabulary: Vocabulary) -> SpecialTokenFrame {
        var frame = SpecialTokenFrame()
        var textCount = 0
        for (value, path) in items(component, "single") {
            if value["Sequence"]?["id"] == "A" {
                textCount += 1
            } else if let name = value["SpecialToken"]?["id"]?.string {
                let ids = component.settings["special_tokens"]?[name]?["ids"]?.array?.compactMap(\.int)
                let tokens = known(ids ?? [], name, path, vocabulary)
                if ids == nil { note(.unknownToken(name, setting: path)) }
                if textCount == 0 { frame.before += tokens } else { frame.after += tokens }
            } else {
                note(.wrongSetting(path, expected: "a special token, or the sequence A"))
            }
        }
        if textCount != 1 { note(.wrongSetting("\(component.path).single", expected: "the sequence A once")) }
        return frame
    }

    /// The tokens of `added_tokens`, which become a part of the vocabulary.
    mutating func addedTokens(_ value: JSONValue, _ vocabulary: inout Vocabulary) -> [AddedToken] {
        guard let entries = value.array else {
            note(.wrongSetting("added_tokens", expected: "a list"))
            return []
        }
        return entries.enumerated().compactMap { index, entry in
            addedToken(entry, "added_tokens[\(index)]", &vocabulary)
        }
    }

    private mutating func addedToken(_ entry: JSONValue, _ path: String, _ vocabulary: inout Vocabulary) -> AddedToken?
    {
        guard let settings = entry.object, let content = settings["content"]?.string, let id = settings["id"]?.int,
            let narrow = Int32(exactly: id), id >= 0
        else {
            note(.wrongSetting(path, expected: "an object with 'id' and 'content'"))
            return nil
        }
        let component = Component(type: "added token", path: path, settings: settings)
        let known: Set = ["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"]
        for name in settings.keys where !known.contains(name) { note(.unknownSetting("\(path).\(name)")) }
        require(component, "single_word", isOneOf: [false, nil])
        vocabulary.add(content, id: id, &problems)
        let isSpecial = flag(component, "special", default: false)
        return AddedToken(
            content: content, id: narrow, isSpecial: isSpecial,
            isNormalized: flag(component, "normalized", default: !isSpecial),
            takesLeftBlanks: flag(component, "lstrip", default: false),
            takesRightBlanks: flag(component, "rstrip", default: false))
    }
}
