import Checkpoints
import JSON
import OrderedCollections
import TestSupport
import Testing

@testable import FusionBench

@Suite("Vocabularies of models")
struct VocabularyTests {
    private func vocabulary(_ tokens: [String: Int]? = nil, size: Int? = nil) -> Vocabulary {
        Vocabulary(tokens: tokens, size: size)
    }

    @Test("Tokens are read from all kinds of files")
    func files() {
        func tokens(_ text: String, _ name: String) -> [String: Int]? {
            Vocabulary.tokens(Array(text.utf8), named: name)
        }
        #expect(tokens("a\nb\r\n##c\n", "vocab.txt") == ["a": 0, "b": 1, "##c": 2])
        #expect(tokens("{\"a\": 1, \"b\": 0}", "vocab.json") == ["a": 1, "b": 0])
        #expect(
            tokens(
                "{\"added_tokens\": [{\"id\": 2, \"content\": \"<s>\"}], \"model\": {\"vocab\": {\"a\": 0, \"b\": 1}}}",
                "tokenizer.json") == ["a": 0, "b": 1, "<s>": 2])
        #expect(
            tokens("{\"model\": {\"vocab\": [[\"a\", -1.5], [\"b\", -2]]}}", "tokenizer.json") == ["a": 0, "b": 1])
        for text in ["", "[]", "{\"model\": 3}", "nothing"] { #expect(tokens(text, "tokenizer.json") == nil) }
        #expect(tokens("[1]", "vocab.json") == nil)
    }

    @Test("Differences are counted, and the first ones named")
    func differences() {
        let base = vocabulary(["a": 0, "b": 1, "c": 2], size: 3)
        #expect(VocabularyDifference(base, from: base).clauses.isEmpty)
        #expect(VocabularyDifference(vocabulary(), from: base).clauses.isEmpty)
        let other = vocabulary(["b": 1, "c": 0, "d": 5, "e": 3, "f": 4, "g": 6], size: 7)
        #expect(
            VocabularyDifference(other, from: base).clauses == [
                "6 tokens, not 3", "only it has 4: 'e' (3), 'f' (4), 'd' (5), …", "it lacks 1: 'a' (0)",
                "1 with other numbers: 'c' is 0, not 2", "vocab_size is 7, not 3",
            ])
        var special = base
        special.roles = ["pad_token": "b", "eos_token": "a"]
        var otherSpecial = base
        otherSpecial.roles = ["pad_token": "\u{1B}c"]
        #expect(VocabularyDifference(otherSpecial, from: special).clauses == ["pad_token is '·c', not 'b'"])
    }

    @Test("Models of a pool are compared with the template, and large files not looked into")
    func pool() throws {
        let scratch = try ScratchDirectory()
        func write(_ model: String, _ tokenizer: String, pad: String) throws -> PooledModel {
            try scratch.write(model + "/tokenizer.json", tokenizer)
            try scratch.write(model + "/tokenizer_config.json", "{\"pad_token\": {\"content\": \"\(pad)\"}}")
            try scratch.write(model + "/special_tokens_map.json", "{\"pad_token\": \"x\", \"eos_token\": \"e\"}")
            return PooledModel(
                name: model, location: "at/" + model, directory: scratch.path(model),
                configuration: ["text_config": ["vocab_size": 2]], tensors: [:], files: [], commit: nil,
                ownNames: [:])
        }
        let small = "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 1}}}"
        let base = try write("base", small, pad: "a")
        let same = try write("same", small, pad: "a")
        let other = try write("other", "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 1, \"c\": 2}}}", pad: "b")
        var check = VocabularyCheck(template: base, models: [same, other])
        let start = "The model 'other' (at/other) has another vocabulary than 'base': "
        #expect(
            check.differences() == [
                start + "3 tokens, not 2; only it has 1: 'c' (2); pad_token is 'b', not 'a'"
            ])
        check.byteLimit = 120
        #expect(
            check.differences() == [
                start + "pad_token is 'b', not 'a'; tokenizer.json is another one, too large to be looked into"
            ])
        let broken = try write("broken", "{", pad: "a")
        #expect(VocabularyCheck(template: base, models: [broken]).differences() == [])
    }
}
