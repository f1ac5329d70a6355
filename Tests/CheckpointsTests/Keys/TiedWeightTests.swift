import Checkpoints
import OrderedCollections
import Tensors
import TestSupport
import Testing

@Suite("Tied weights")
struct TiedWeightTests {
    @Test("The pairs are those of Transformers", arguments: StateDictKeyFixtures.families)
    func candidates(_ family: StateDictKeyFixtures.Family) {
        for (name, model) in family.models {
            // A model that is not tied has both, too; whether they are tied is then a matter of their values.
            let candidates = TiedWeight.candidates(among: model.saved + model.tied.keys)
            let pairs = Dictionary(candidates.map { ($0.name, $0.source) }, uniquingKeysWith: { $1 })
            #expect(pairs.count == candidates.count)
            let isUntied = model.tied.isEmpty && model.saved.contains("lm_head.weight")
            #expect(isUntied ? pairs.keys.elementsEqual(["lm_head.weight"]) : pairs == model.tied, "\(name)")
        }
    }

    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    /// A state dict of tensors with one byte each, which lie in a file one after another.
    private func stateDict(_ bytes: KeyValuePairs<String, UInt8>) throws -> LazyStateDict {
        try directory.write("file", bytes.map(\.value))
        let file = try CheckpointFile(directory.path("file"))
        let tensors = bytes.enumerated().map { place, entry in
            (entry.key, LazyTensor(dtype: .uint8, shape: [1], source: FileExtent(file: file, offset: place)))
        }
        return LazyStateDict(tensors: OrderedDictionary(uniqueKeysWithValues: tensors), path: file.path)
    }

    private let tied = TiedWeight(name: "lm_head.weight", source: "model.embed_tokens.weight", isConfigurable: true)

    @Test("Equal ones are kept once, unless the configuration says that they are not tied")
    func equal() throws {
        let stateDict = try stateDict(["lm_head.weight": 1, "model.embed_tokens.weight": 1, "x": 1])
        for flag in [true, nil] {
            let (rest, found) = try stateDict.withoutTiedWeights(tiesWordEmbeddings: flag)
            #expect(rest.tensors.keys == ["model.embed_tokens.weight", "x"] && found == [tied])
        }
        let (rest, found) = try stateDict.withoutTiedWeights(tiesWordEmbeddings: false)
        #expect(rest.tensors.keys == stateDict.tensors.keys && found.isEmpty)
    }

    @Test("Different ones are both kept, whatever the configuration says")
    func different() throws {
        let stateDict = try stateDict(["lm_head.weight": 1, "model.embed_tokens.weight": 2])
        for flag in [true, nil, false] {
            let (rest, found) = try stateDict.withoutTiedWeights(tiesWordEmbeddings: flag)
            #expect(rest.tensors.count == 2 && found.isEmpty)
        }
    }

    @Test("Tensors of other types and shapes are different")
    func shapes() throws {
        try directory.write("file", [0, 0, 0, 0])
        let file = try CheckpointFile(directory.path("file"))
        let extent = FileExtent(file: file, offset: 0)
        let source = LazyTensor(dtype: .uint8, shape: [2, 2], source: extent)
        for other in [
            LazyTensor(dtype: .int8, shape: [2, 2], source: extent),
            LazyTensor(dtype: .uint8, shape: [4], source: extent),
        ] {
            let stateDict = LazyStateDict(
                tensors: ["lm_head.weight": other, "model.embed_tokens.weight": source], path: "p")
            #expect(try stateDict.withoutTiedWeights(tiesWordEmbeddings: true).tied.isEmpty)
        }
    }

    @Test("A difference in the last of many elements is seen")
    func large() throws {
        let count = 1 << 20
        for last in [UInt8(0), 1] {
            try directory.write("file", [UInt8](repeating: 0, count: 2 * count - 1) + [last])
            let file = try CheckpointFile(directory.path("file"))
            let tensors = [0, 1].map {
                LazyTensor(dtype: .uint8, shape: [count], source: FileExtent(file: file, offset: $0 * count))
            }
            let stateDict = LazyStateDict(
                tensors: ["lm_head.weight": tensors[0], "model.embed_tokens.weight": tensors[1]], path: "p")
            #expect(try stateDict.withoutTiedWeights(tiesWordEmbeddings: nil).tied == (last == 0 ? [tied] : []))
        }
    }

    @Test("What an encoder and a decoder share is tied in any configuration")
    func shared() throws {
        let stateDict = try stateDict([
            "encoder.embed_tokens.weight": 1, "decoder.embed_tokens.weight": 1, "lm_head.weight": 1, "shared.weight": 1,
        ])
        #expect(try stateDict.withoutTiedWeights(tiesWordEmbeddings: nil).stateDict.tensors.keys == ["shared.weight"])
        let untied = try stateDict.withoutTiedWeights(tiesWordEmbeddings: false)
        #expect(untied.stateDict.tensors.keys == ["lm_head.weight", "shared.weight"])
        #expect(untied.tied.map(\.isConfigurable) == [false, false])
    }

    @Test("Tensors at one place of a file are kept once, under the first name; empty ones are not the same")
    func places() throws {
        try directory.write("file", [1, 2])
        let file = try CheckpointFile(directory.path("file"))
        func tensor(_ offset: Int, _ shape: Shape = [1]) -> LazyTensor {
            LazyTensor(dtype: .uint8, shape: shape, source: FileExtent(file: file, offset: offset))
        }
        let stateDict = LazyStateDict(
            tensors: [
                "c": tensor(0), "b": tensor(1), "a": tensor(0), "d": tensor(0, [1, 1]), "e": tensor(0, [0]),
                "f": tensor(0, [0]),
            ], path: "p")
        let (rest, tied) = try stateDict.withoutTiedWeights(tiesWordEmbeddings: nil)
        #expect(rest.tensors.keys == ["b", "a", "d", "e", "f"])
        #expect(tied == [TiedWeight(name: "c", source: "a", isConfigurable: false)])
        // The model wants both of these.
        let head = LazyStateDict(
            tensors: ["lm_head.weight": tensor(0), "model.embed_tokens.weight": tensor(0)], path: "p")
        #expect(try head.withoutTiedWeights(tiesWordEmbeddings: false).tied.isEmpty)
        #expect(try head.withoutTiedWeights(tiesWordEmbeddings: true).tied == [self.tied])
    }
}
