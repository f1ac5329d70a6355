import Datasets
import JSON
import OrderedCollections
import TestSupport
import Testing

@Suite("Files of tokenizers")
struct TokenizerFileTests {
    /// A description of a small tokenizer, with some of its parts replaced or, by null under `-key`, left out.
    private func file(_ changes: KeyValuePairs<String, String>) throws -> String {
        var text = """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [{"id": 3, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                               "normalized": false, "special": true}],
             "normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
             "post_processor": null, "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
            """
        for (old, new) in changes {
            try #require(text.contains(old), "\(old)")
            text = text.replacing(old, with: new)
        }
        return text
    }

    private func tokenizer(_ files: KeyValuePairs<String, String>) throws -> Tokenizer {
        let directory = try ScratchDirectory()
        for (name, text) in files { try directory.write(name, text) }
        return try Tokenizer(directory: directory.path)
    }

    private func problems(_ files: KeyValuePairs<String, String>) throws -> [TokenizerProblem] {
        let error = try #require(throws: TokenizerError.self) { try tokenizer(files) }
        guard case .invalid(_, let problems) = error else {
            Issue.record("\(error)")
            return []
        }
        for problem in problems { #expect(error.description.contains(problem.description)) }
        return problems
    }

    @Test("A small description is read")
    func small() throws {
        let tokenizer = try tokenizer(["tokenizer.json": try file([:])])
        #expect(try tokenizer.encode("abab<s>ba?") == [2, 2, 3, 1, 0])
        #expect(tokenizer.vocabulary.count == 4 && tokenizer.vocabulary.idLimit == 4)
        #expect(tokenizer.decode([2, 3, 0, 9]) == "ab<s>a")
        #expect(tokenizer.decode([2, 3, 0], skipsSpecialTokens: true) == "aba")
    }

    @Test("Merges may be texts or pairs, and old descriptions do not say of what kind they are")
    func forms() throws {
        for change in [("\"a b\"", "[\"a\", \"b\"]"), ("\"type\": \"BPE\", ", "")] {
            let tokenizer = try tokenizer(["tokenizer.json": try file([change.0: change.1])])
            #expect(try tokenizer.encode("ab") == [2])
        }
    }

    @Test("Tokens that are equivalent to Unicode, but not the same, are different")
    func equivalentTokens() throws {
        let text = try file([
            "\"a\": 0, \"b\": 1, \"ab\": 2": #""a": 0, "b": 1, "ab": 2, "\u212b": 4, "\u00c5": 5"#
        ])
        let vocabulary = try tokenizer(["tokenizer.json": text]).vocabulary
        #expect(vocabulary.id(of: "\u{212B}") == 4 && vocabulary.id(of: "\u{C5}") == 5)
        #expect(vocabulary.id(of: "A\u{30A}") == nil)
    }

    @Test(
        "What is not supported is named",
        arguments: [
            (#""normalizer": null"#, #""normalizer": {"type": "NFKC"}"#, "normalizer.type", "NFKC"),
            (
                #""normalizer": null"#,
                #""normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "StripAccents"}]}"#,
                "normalizer.normalizers[1].type", "StripAccents"
            ),
            (
                #""normalizer": null"#,
                #""normalizer": {"type": "Replace", "pattern": {"String": "x"}, "content": " "}"#,
                "normalizer.pattern", #"{"String":"x"}"#
            ),
            (
                #""normalizer": null"#,
                #""normalizer": {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": ""}"#,
                "normalizer.content", #""""#
            ),
            (
                #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}"#,
                #""pre_tokenizer": {"type": "Metaspace"}"#, "pre_tokenizer.type", "Metaspace"
            ),
            (
                #""post_processor": null"#, #""post_processor": {"type": "BertProcessing"}"#,
                "post_processor.type", "BertProcessing"
            ),
            (
                #""decoder": {"type": "ByteLevel"}"#, #""decoder": {"type": "WordPiece"}"#, "decoder.type",
                "WordPiece"
            ),
            (#""type": "BPE""#, #""type": "Unigram""#, "model.type", "Unigram"),
            (#""type": "BPE""#, #""type": "BPE", "dropout": 0.1"#, "model.dropout", "0.1"),
            (#""type": "BPE""#, #""type": "BPE", "byte_fallback": true"#, "model.byte_fallback", "true"),
            (#""type": "BPE""#, #""type": "BPE", "ignore_merges": true"#, "model.ignore_merges", "true"),
            (
                #""type": "BPE""#, #""type": "BPE", "continuing_subword_prefix": "@""#,
                "model.continuing_subword_prefix",
                #""@""#
            ),
            (#""single_word": false"#, #""single_word": true"#, "added_tokens[0].single_word", "true"),
            (#""version": "1.0""#, #""version": "2.0""#, "tokenizer.version", #""2.0""#),
        ])
    func unsupported(_ old: String, _ new: String, _ setting: String, _ value: String) throws {
        let problems = try problems(["tokenizer.json": try file([old: new])])
        let isNamed = problems.contains {
            if case .unsupportedSetting(setting, value, _) = $0 { true } else { false }
        }
        #expect(isNamed, "\(problems)")
    }

    @Test(
        "Settings that are not known might change what comes out",
        arguments: [
            ("\"truncation\": null", "\"truncate\": null", "truncate"),
            (#""type": "BPE""#, #""type": "BPE", "sharpness": 1"#, "model.sharpness"),
            (
                #""decoder": {"type": "ByteLevel"}"#, #""decoder": {"type": "ByteLevel", "x": 1}"#,
                "decoder.x"
            ),
            (#""single_word": false"#, #""single_word": false, "x": 1"#, "added_tokens[0].x"),
        ])
    func unknown(_ old: String, _ new: String, _ setting: String) throws {
        #expect(try problems(["tokenizer.json": try file([old: new])]) == [.unknownSetting(setting)])
    }

    @Test("Tokens that are missing or in conflict are named, all at once")
    func tokens() throws {
        let text = try file([
            #""b": 1, "ab": 2"#: #""b": 0, "ab": 2"#, "[\"a b\"]": "[\"a b\", \"x a\"]",
            "\"id\": 3": "\"id\": 2",
            "\"type\": \"BPE\"": "\"type\": \"BPE\", \"unk_token\": \"<unk>\"",
            "\"post_processor\": null":
                #""post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 9], "cls": ["<s>"]}"#,
        ])
        let problems = try problems(["tokenizer.json": text])
        let expected: [TokenizerProblem] = [
            .conflictingToken("b", id: 0, with: "a"), .unknownToken("<unk>", setting: "model.unk_token"),
            .conflictingToken("<s>", id: 2, with: "ab"),
            .unknownToken("</s>", setting: "post_processor.sep"),
            .wrongSetting("post_processor.cls", expected: "a token and its id"),
        ]
        for problem in expected { #expect(problems.contains(problem), "\(problem)") }
        let merges = problems.compactMap {
            if case .invalidMerge(let text, let number, _) = $0 { (text, number) } else { nil }
        }
        #expect(merges.map(\.0) == ["a b", "x a"] && merges.map(\.1) == [1, 2])
    }

    @Test("A description has a splitter that ends in bytes")
    func splitters() throws {
        let bytes = #"{"type": "ByteLevel", "add_prefix_space": false}"#
        for splitter in [
            "null", #"{"type": "Sequence", "pretokenizers": []}"#,
            "{\"type\": \"Sequence\", \"pretokenizers\": [\(bytes), \(bytes)]}",
        ] {
            let problems = try problems([
                "tokenizer.json": try file(["\"pre_tokenizer\": \(bytes)": "\"pre_tokenizer\": \(splitter)"]
                )
            ])
            #expect(
                problems.count == 1 && problems[0].description.contains("'pre_tokenizer' should be"),
                "\(problems)")
        }
        let pattern =
            #"{"type": "Split", "pattern": {"Regex": "\\w+"}, "behavior": "Removed", "invert": true}"#
        let sequence = "{\"type\": \"Sequence\", \"pretokenizers\": [\(pattern), \(bytes)]}"
        let problems = try problems([
            "tokenizer.json": try file(["\"pre_tokenizer\": \(bytes)": "\"pre_tokenizer\": \(sequence)"])
        ])
        #expect(
            problems.first?.description.contains("'pre_tokenizer.pretokenizers[0].pattern'") == true)
    }

    @Test("What is no JSON, or has no model, is refused with its place")
    func malformed() throws {
        for text in [
            "", "[]", "{}", "{", #"{"model": {"vocab": {"a": -1}}}"#,
            #"{"model": {"merges": ["a b c"]}}"#, #"{"model": {}, "model": {}}"#,
        ] {
            let error = try #require(throws: TokenizerError.self) {
                try tokenizer(["tokenizer.json": text])
            }
            guard case .malformed(let path, let problem) = error else {
                Issue.record("\(text): \(error)")
                continue
            }
            #expect(path.hasSuffix("tokenizer.json") && problem.contains("at byte"), "\(text): \(error)")
        }
    }

    @Test("Files without a description are CLIP's if they mark the ends of words, and GPT-2's if not")
    func vocabularies() throws {
        let clip = try tokenizer([
            "vocab.json": #"{"a": 0, "b</w>": 1, "ab</w>": 2, "<|startoftext|>": 3, "<|endoftext|>": 4}"#,
            "merges.txt": "#version: 0.2\r\na b</w>\r\n\r\n",
        ])
        #expect(try clip.encode("AB  ab") == [3, 2, 2, 4] && clip.settings.padding == "<|endoftext|>")
        // What has no token becomes the unknown one, which is the end's.
        #expect(try clip.encode("c") == [3, 4, 4])
        let gpt2 = try tokenizer([
            "vocab.json": #"{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 4}"#, "merges.txt": "a b",
            "tokenizer_config.json": #"{"tokenizer_class": "GPT2TokenizerFast"}"#,
        ])
        #expect(try gpt2.encode("abA<|endoftext|>a") == [2, 4, 0])
    }

    @Test("What is missing or cannot be read is said")
    func missing() throws {
        let empty = try ScratchDirectory()
        #expect(throws: TokenizerError.missing(directory: empty.path)) {
            try Tokenizer(directory: empty.path)
        }
        try empty.write("vocab.json", "{}")
        #expect(throws: TokenizerError.missing(directory: empty.path)) {
            try Tokenizer(directory: empty.path)
        }
        let error = try #require(throws: TokenizerError.self) {
            try tokenizer(["vocab.json": "{}", "merges.txt": "a b c"])
        }
        #expect(error.description.contains("merge 1, 'a b c', should be two tokens"))
        let folder = try ScratchDirectory()
        try folder.write("tokenizer.json/x", "")
        let unreadable = try #require(throws: TokenizerError.self) {
            try Tokenizer(directory: folder.path)
        }
        #expect(unreadable.description.contains("cannot be read: Is a directory"))
    }

    @Test("Settings beside the vocabulary are checked, and the first file is right")
    func settings() throws {
        let text = try file([:])
        let mistakes = try problems([
            "tokenizer.json": text,
            "tokenizer_config.json": #"{"pad_token": 1, "model_max_length": "77"}"#,
        ])
        #expect(mistakes.count == 2, "\(mistakes)")
        let tokenizer = try tokenizer([
            "tokenizer.json": text,
            "tokenizer_config.json":
                #"{"pad_token": {"content": "a"}, "model_max_length": 1000000000000000019884624838656}"#,
            "special_tokens_map.json": #"{"pad_token": "b", "bos_token": "<s>", "eos_token": null}"#,
        ])
        #expect(tokenizer.settings.padding == "a" && tokenizer.settings.start == "<s>")
        #expect(tokenizer.settings.end == nil && tokenizer.settings.maximumLength == nil)
        #expect(
            try tokenizer.encode(["ab", "ba"], maximumLength: 3, padding: .toMaximumLength).ids == [
                2, 0, 0, 1, 0, 0,
            ])
    }
}
