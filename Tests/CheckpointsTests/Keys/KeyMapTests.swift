import OrderedCollections
import Tensors
import Testing

@testable import Checkpoints

@Suite("Names of tensors in several forms of a model")
struct KeyMapTests {
    @Test("There are fixtures")
    func fixtures() {
        #expect(StateDictKeyFixtures.families.count == 35 && StateDictKeyFixtures.clip.count == 5)
    }

    @Test(
        "Base models and models with heads have each other's names, as in Transformers",
        arguments: StateDictKeyFixtures.families)
    func baseModels(_ family: StateDictKeyFixtures.Family) throws {
        #expect(KeyMap.prefix(ofModelType: family.modelType) == family.prefix)
        for (name, model) in family.models {
            #expect(model.counterparts.count == family.models.count - 1)
            for (other, counterparts) in model.counterparts {
                let expected = try #require(family.models[other]?.saved)
                let map = try KeyMap(model.saved, as: expected, baseModelPrefix: family.prefix)
                #expect(map.ignored.isEmpty && map.originals.count == model.saved.count)
                let renamed = Dictionary(uniqueKeysWithValues: map.originals.map { ($1, $0) })
                for (original, counterpart) in zip(model.saved, counterparts) {
                    let new = try #require(renamed[original])
                    if let counterpart {
                        #expect(new == expected[counterpart], "\(name) as \(other)")
                    } else {
                        #expect(!expected.contains(new), "\(name) as \(other)")
                    }
                }
            }
        }
    }

    @Test("Of CLIP the vision model stays, under the names without prefix", arguments: StateDictKeyFixtures.clip)
    func clip(_ checkpoint: StateDictKeyFixtures.CLIP) throws {
        if checkpoint.testDescription == "CLIPTextModel" {
            #expect(throws: KeyMapProblem.noVisionTower(Array(checkpoint.saved.prefix(6)))) {
                try KeyMap(clipVision: checkpoint.saved)
            }
            return
        }
        let map = try KeyMap(clipVision: checkpoint.saved)
        #expect(map.originals.count == 23)
        #expect(map.originals.keys.elements == checkpoint.vision.compactMap { $0 })
        #expect(
            map.originals.values.elements
                == zip(checkpoint.saved, checkpoint.vision).compactMap { $1 == nil ? nil : $0 })
        #expect(map.ignored == zip(checkpoint.saved, checkpoint.vision).compactMap { $1 == nil ? $0 : nil })
    }

    @Test("Constants that older versions wrote are left out")
    func positionIDs() throws {
        for prefix in ["", "vision_model."] {
            let names = ["class_embedding", "position_ids"].map { "\(prefix)embeddings.\($0)" }
            let map = try KeyMap(clipVision: names)
            #expect(map.originals == ["embeddings.class_embedding": names[0]] && map.ignored == [names[1]])
        }
    }

    @Test("A tensor in both forms is refused")
    func collision() {
        let names = ["embeddings.class_embedding", "vision_model.embeddings.class_embedding"]
        #expect(throws: KeyMapProblem.collision(names[0], names[1], renamed: names[0])) {
            try KeyMap(clipVision: names)
        }
        #expect(throws: KeyMapProblem.collision("model.a", "a", renamed: "a")) {
            try KeyMap(["model.a", "a"], as: ["a"], baseModelPrefix: "model")
        }
    }

    @Test("What is no vision model says what it is")
    func noVisionTower() {
        #expect(throws: KeyMapProblem.noVisionTower([])) { try KeyMap(clipVision: []) }
        let error = #expect(throws: KeyMapProblem.self) { try KeyMap(clipVision: ["model.embed_tokens.weight"]) }
        #expect(error?.description.contains("'model.embed_tokens.weight'") == true)
    }

    @Test("Unknown model types have the prefix of most models, and a prefix ends at a dot")
    func prefixes() throws {
        #expect(KeyMap.prefix(ofModelType: "a_new_one") == "model")
        let map = try KeyMap(["models.a", "b", "model.c"], as: ["s.a", "model.b", "x"], baseModelPrefix: "model")
        #expect(map.originals == ["models.a": "models.a", "model.b": "b", "model.c": "model.c"])
    }

    @Test("A state dict is renamed in its order")
    func renamed() throws {
        let tensor = LazyTensor(
            dtype: .uint8, shape: [1], source: FileExtent(file: try CheckpointFile("/etc/passwd"), offset: 3))
        let names = ["logit_scale", "vision_model.post_layernorm.bias", "vision_model.embeddings.class_embedding"]
        let stateDict = LazyStateDict(
            tensors: OrderedDictionary(uniqueKeysWithValues: names.map { ($0, tensor) }), metadata: ["a": "b"],
            path: "p",
            files: ["p", "q"])
        let renamed = stateDict.renamed(by: try KeyMap(clipVision: stateDict.tensors.keys))
        #expect(renamed.tensors.keys == ["post_layernorm.bias", "embeddings.class_embedding"])
        #expect(renamed.metadata == ["a": "b"] && renamed.path == "p" && renamed.files == ["p", "q"])
        #expect(try renamed.tensors["post_layernorm.bias"]?.readAll() == tensor.readAll())
    }
}
