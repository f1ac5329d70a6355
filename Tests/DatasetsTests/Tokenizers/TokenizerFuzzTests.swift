import JSON
import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// Any files are read or refused; a tokenizer that is read takes any text.
@Suite("Files of tokenizers of any bytes")
struct TokenizerFuzzTests {
    /// A description cut down to a few tokens and merges: mutations meet what matters, and cost little.
    private static func small(_ name: String) -> [UInt8] {
        guard let bytes = try? TokenizerFixtures.bytes("\(name)/tokenizer.json"),
            let file = try? JSONValue(parsing: bytes), var entries = file.object, var model = entries["model"]?.object,
            let vocabulary = model["vocab"]?.object, let merges = model["merges"]?.array
        else { return [] }
        let added = Set((entries["added_tokens"]?.array ?? []).compactMap { $0["content"]?.string })
        let kept = vocabulary.filter { token, _ in
            added.contains(token)
                || token.replacing("</w>", with: "").unicodeScalars.allSatisfy { Self.letters.contains($0) }
        }
        let parts = merges.map { merge in
            merge.array?.compactMap(\.string) ?? merge.string?.split(separator: " ").map(String.init) ?? []
        }
        let keptMerges = zip(merges, parts).filter { _, parts in
            (parts + [parts.joined()]).allSatisfy(kept.keys.contains)
        }
        model["vocab"] = .object(kept)
        model["merges"] = .array(keptMerges.map(\.0))
        entries["model"] = .object(model)
        return Array(JSONValue.object(entries).compactText.utf8)
    }

    private static let letters = Set("abehtĠ".unicodeScalars)

    private static let valid = Array(
        """
        {"version":"1.0","added_tokens":[{"id":5,"content":"<s>","single_word":false,"lstrip":true,"rstrip":true,
        "normalized":true,"special":true}],"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},
        {"type":"Replace","pattern":{"Regex":"\\\\s+"},"content":" "},{"type":"Lowercase"}]},
        "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},
        {"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{"<s>":{"id":"<s>","ids":[5],"tokens":["<s>"]}}},
        "decoder":{"type":"ByteLevel"},"model":{"type":"BPE","unk_token":"?","fuse_unk":true,
        "vocab":{"a":0,"b":1,"ab":2,"?":3,"abab":4,"ba":6},"merges":["a b","ab ab",["b","a"]]}}
        """.utf8)

    private static let texts = [
        "", "a", "abab AB <s> ?", "e\u{301}\u{327} 👩‍👩‍👧 \u{1100}\u{1161}", "don't  won't\n\n",
        "\0\u{10FFFF}",
    ]

    static let description = FuzzText(
        alphabet: [
            "{", "}", "[", "]", ":", ",", "\"", "null", "true", "false", "0", "1", "-1", "2147483648",
            "1e9", "\"a b\"", "[\"a\",\"b\"]",
            "\"model\":", "\"vocab\":", "\"merges\":", "\"type\":", "\"BPE\"", "\"added_tokens\":",
            "\"normalizer\":",
            "\"pre_tokenizer\":", "\"post_processor\":", "\"decoder\":", "\"ByteLevel\"", "\"Sequence\"",
            "\"Split\"",
            "\"pretokenizers\":", "\"normalizers\":", "\"processors\":", "\"content\":", "\"id\":",
            "\"<s>\"", "\"\"", "\"a\"",
            "\"end_of_word_suffix\":", "\"</w>\"", "\"unk_token\":", "\"fuse_unk\":",
            "\"version\":\"1.0\"", "\\u0120", "Ġ", "é",
        ],
        corpus: [valid, small("clip"), small("gpt2"), small("unusual")],
        special: { random in
            switch random.below(3) {
            case 0: Array(repeatElement(UInt8(ascii: "["), count: random.below(10_000)))
            case 1:
                Array(
                    String(repeating: #"{"type":"Sequence","normalizers":["#, count: random.below(300)).utf8)
            default: valid
            }
        })

    static let descriptions = FuzzTarget(name: "tokenizer.json") { random in
        description.make(&random)
    } check: { (bytes: [UInt8]) in
        try check { try Tokenizer(tokenizer: bytes, path: "tokenizer.json") }
    }

    /// What is read beside each other: a vocabulary, merges, settings.
    struct Files: FuzzInput {
        var vocabulary: [UInt8]
        var merges: [UInt8]
        var settings: [UInt8]

        var bytes: [UInt8] { vocabulary + [0x0A] + merges + [0x0A] + settings }
    }

    private static let vocabulary = FuzzText(
        alphabet: [
            "{", "}", "\"a\":0", ",", "\"b</w>\":1", "\"ab</w>\":2", "\"<|endoftext|>\":3",
            "\"<|startoftext|>\":4", "-1", "\"", "9999999999",
        ],
        corpus: [
            Array(#"{"a":0,"b":1,"b</w>":2,"ab</w>":5,"<|startoftext|>":3,"<|endoftext|>":4}"#.utf8)
        ],
        special: { _ in Array(#"{"a":0,"b":1,"ab":2,"<|endoftext|>":3}"#.utf8) })
    private static let merges = FuzzText(
        alphabet: ["a", "b", " ", "\n", "\r\n", "b</w>", "#version: 0.2\n", "a b\n"],
        corpus: [Array("#version: 0.2\na b</w>\n".utf8), Array("a b\nab ab\n".utf8)],
        special: { _ in [] })
    private static let settings = FuzzText(
        alphabet: [
            "{", "}", ":", ",", "\"pad_token\"", "\"bos_token\"", "\"a\"", "null", "\"model_max_length\"",
            "77", "1e30", "\"content\"", "\"tokenizer_class\"", "\"CLIPTokenizer\"",
        ],
        corpus: [
            Array(
                #"{"pad_token":{"content":"a","normalized":true},"model_max_length":77,"tokenizer_class":"CLIPTokenizer"}"#
                    .utf8),
            Array(#"{"unk_token":"b","eos_token":"a","bos_token":"a"}"#.utf8),
        ],
        special: { _ in Array("{}".utf8) })

    static let files = FuzzTarget(name: "vocab.json") { random in
        // Most often two of the three are as they should be.
        let broken = random.below(4)
        return Files(
            vocabulary: broken == 0 ? vocabulary.make(&random) : random.pick(vocabulary.corpus),
            merges: broken == 1 ? merges.make(&random) : merges.corpus[0],
            settings: broken >= 2 ? settings.make(&random) : Array("{}".utf8))
    } check: { files in
        try check {
            try Tokenizer(
                vocabulary: ("vocab.json", files.vocabulary), merges: ("merges.txt", files.merges),
                settingsFiles: [("tokenizer_config.json", files.settings)])
        }
    }

    private static func check(_ read: () throws -> Tokenizer) throws {
        let tokenizer: Tokenizer
        do {
            tokenizer = try read()
        } catch let error as TokenizerError {
            try ErrorMessage.check(error)
            return
        }
        for text in texts {
            let ids = try tokenizer.encode(text)
            for id in ids where tokenizer.vocabulary.token(id) == nil {
                throw PropertyFailure("\(text.debugDescription) gives the id \(id), which has no token")
            }
            _ = tokenizer.decode(ids)
            let room = 7
            do {
                let cut = try tokenizer.encode(text, maximumLength: room)
                if cut.count > room {
                    throw PropertyFailure("\(cut.count) tokens instead of at most \(room)")
                }
            } catch TokenizerError.lengthTooSmall {}
        }
    }

    @Test("What mutations start from is read")
    func corpus() throws {
        #expect(Self.description.corpus.count == 4)
        for bytes in Self.description.corpus {
            let tokenizer = try Tokenizer(tokenizer: bytes, path: "tokenizer.json")
            #expect(tokenizer.vocabulary.count >= 5)
            #expect(bytes.count < 5000, "large inputs take long")
        }
    }

    @Test("Any description is read or refused")
    func anyDescription() {
        Self.descriptions.run(inputs: 3000)
    }

    @Test("Any vocabulary, merges and settings are read or refused")
    func anyFiles() {
        Self.files.run(inputs: 3000)
    }

    /// Texts of any characters; what is put together in another way must be the same.
    static let words = FuzzTarget(name: "words") { random in
        let parts = [
            "the", "photo", "a", "é", "'s", " ", "  ", "1", "!", "aaaa", "ing", "👍🏽", "Σ", "\u{301}", "お",
            "<|endoftext|>",
        ]
        return (0..<random.below(30)).map { _ in
            random.chance(percent: 80)
                ? random.pick(parts)
                : String(Unicode.Scalar(UInt32(random.below(0xD800))).map(Character.init) ?? "x")
        }.joined()
    } check: { (text: String) in
        for (name, tokenizer) in tokenizers {
            let plain = try tokenizer.encode(text, addsSpecialTokens: false)
            // With the words of others met before, the same.
            let batch: [[Int32]] = try tokenizer.encode(["the photo's", text, text + " " + text, text])
            if batch[1] != batch[3] { throw PropertyFailure("\(name): the cache changes what comes out") }
            if batch[1].count > plain.count + 2 {
                throw PropertyFailure("\(name): special tokens stand inside")
            }
            // Bytes come back as they went in, where nothing is normalized.
            if name == "gpt2", !tokenizer.decode(plain).isSame(text) {
                throw PropertyFailure("reads back as \(tokenizer.decode(plain))")
            }
        }
    }

    private static let tokenizers = ["clip", "gpt2"].compactMap { name in
        (try? TokenizerFixtures.tokenizer(name)).map { (name, $0) }
    }

    @Test("Any text is taken, with what was met before or not")
    func anyText() {
        #expect(Self.tokenizers.count == 2)
        Self.words.run(inputs: 1000)
    }
}
