import Datasets
import JSON
import Tensors
import TestSupport
import Testing

@Suite("Tokenizers beside those of Hugging Face")
struct TokenizerTests {
    @Test("The ids of many texts are the same", arguments: TokenizerFixtures.names)
    func encoding(_ name: String) throws {
        let tokenizer = try TokenizerFixtures.tokenizer(name)
        var texts: [String] = []
        var expected: [[Int32]] = []
        for entry in try TokenizerFixtures.entries("encoded.json") {
            // What is read from files alone is not listed where it is the same.
            guard let ids = entry.ids(name) ?? (name == "clip_files" ? entry.ids("clip") : nil) else {
                continue
            }
            texts.append(try #require(entry["text"]?.string))
            expected.append(ids)
        }
        #expect(texts.count > 700)
        let found: [[Int32]] = try tokenizer.encode(texts)
        for (text, (found, expected)) in zip(texts, zip(found, expected)) where found != expected {
            Issue.record("\(text.debugDescription): \(found) instead of \(expected)")
        }
        // One by one, without the words of those before.
        for (text, expected) in zip(texts, expected).prefix(300) {
            #expect(try tokenizer.encode(text) == expected)
        }
    }

    @Test(
        "Every character that Unicode may have is treated in the same way", arguments: ["clip", "gpt2"])
    func everyCharacter(_ name: String) throws {
        let tokenizer = try TokenizerFixtures.tokenizer(name)
        let expected =
            try JSONValue(parsing: TokenizerFixtures.bytes("every_character.json"))[name]?.array ?? []
        #expect(expected.count == (name == "clip" ? 48 : 4))
        for (block, expected) in zip(stride(from: 0 as UInt32, to: 0x30000, by: 0x1000), expected) {
            let texts = stride(from: block, to: block + 0x1000, by: 0x40).map { first in
                (first..<first + 0x40).compactMap { Unicode.Scalar($0).map { String($0) } }.joined(
                    separator: "x")
            }
            var hash = StableHash()
            let ids: [[Int32]] = try tokenizer.encode(texts)
            for id in ids.joined() { hash.combine(id) }
            #expect(
                .string(hash.text) == expected,
                "U+\(String(block, radix: 16)) to U+\(String(block + 0xFFF, radix: 16))")
        }
    }

    @Test("The texts of ids are the same")
    func decoding() throws {
        let entries = try TokenizerFixtures.entries("decoded.json")
        for name in ["clip", "clip_files", "gpt2"] {
            let tokenizer = try TokenizerFixtures.tokenizer(name)
            for entry in entries where entry["tokenizer"]?.string == name {
                let ids = try #require(entry.ids("ids"))
                let text = try #require(entry["text"]?.string)
                let plain = try #require(entry["plain"]?.string)
                #expect(tokenizer.decode(ids).isSame(text), "\(name) \(ids)")
                #expect(tokenizer.decode(ids, skipsSpecialTokens: true).isSame(plain), "\(name) \(ids)")
            }
        }
    }

    @Test("Texts are cut and filled up in the same way")
    func batches() throws {
        let tokenizer = try TokenizerFixtures.tokenizer("clip")
        let entries = try TokenizerFixtures.entries("batches.json")
        #expect(entries.count == 10)
        for entry in entries {
            let texts = entry["texts"]?.array?.compactMap(\.string) ?? []
            let length = try #require(entry["length"]?.int)
            let batch = try tokenizer.encode(
                texts, maximumLength: length,
                padding: entry["pads_to_longest"] == true ? .toLongest : .toMaximumLength)
            let ids = entry["ids"]?.array?.compactMap(\.array) ?? []
            let mask = entry["mask"]?.array?.compactMap(\.array) ?? []
            #expect(batch.count == 4 && ids.count == 4 && batch.length == ids.first?.count)
            #expect(batch.ids.map { .integer(Int($0)) } == ids.flatMap(\.self))
            #expect(batch.attentionMask.map { .integer(Int($0)) } == mask.flatMap(\.self))
        }
    }

    @Test("What the files say beside the vocabulary")
    func settings() throws {
        let clip = try TokenizerFixtures.tokenizer("clip")
        #expect(clip.settings.maximumLength == 77)
        #expect(clip.settings.start == "<|startoftext|>" && clip.settings.end == "<|endoftext|>")
        #expect(clip.settings.padding == "<|endoftext|>" && clip.settings.unknown == "<|endoftext|>")
        #expect(clip.vocabulary.idLimit == clip.vocabulary.count)
        #expect(clip.addedTokens.map(\.content) == ["<|startoftext|>", "<|endoftext|>"])
        let gpt2 = try TokenizerFixtures.tokenizer("gpt2")
        #expect(gpt2.settings.maximumLength == nil && gpt2.settings.padding == nil)
        let unusual = try TokenizerFixtures.tokenizer("unusual")
        #expect(unusual.vocabulary.idLimit == unusual.vocabulary.count)
        #expect(
            unusual.vocabulary.token(try #require(unusual.vocabulary.id(of: "photograph")))
                == "photograph")
        #expect(unusual.vocabulary.id(of: "PHOTOGRAPH") == nil && unusual.vocabulary.token(-1) == nil)
    }

    @Test("Without a padding token or room, one says so")
    func refusals() throws {
        let gpt2 = try TokenizerFixtures.tokenizer("gpt2")
        #expect(throws: TokenizerError.noPaddingToken) {
            try gpt2.encode(["a", "a cat and a dog"], maximumLength: 9, padding: .toLongest)
        }
        #expect(try gpt2.encode(["cat", "cat"], maximumLength: 9, padding: .toLongest).count == 2)
        let clip = try TokenizerFixtures.tokenizer("clip")
        let error = #expect(throws: TokenizerError.self) { try clip.encode("a cat", maximumLength: 1) }
        #expect(error == .lengthTooSmall(1, specialTokens: 2))
        #expect(try clip.encode("a cat", maximumLength: 2).count == 2)
        #expect(try clip.encode("a cat", maximumLength: 0, addsSpecialTokens: false) == [])
    }

    @Test("No texts make an empty batch")
    func noTexts() throws {
        let batch = try TokenizerFixtures.tokenizer("clip").encode(
            [], maximumLength: 77, padding: .toLongest)
        #expect(
            batch.count == 0 && batch.length == 0 && batch.ids.isEmpty && batch.attentionMask.isEmpty)
    }
}
