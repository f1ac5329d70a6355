import JSON
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

/// What Transformers calls the tensors of small models, and how it renames those of others.
enum StateDictKeyFixtures {
    /// A base model and models with heads of one type.
    struct Family: Sendable, CustomTestStringConvertible {
        let modelType: String
        let prefix: String
        let models: OrderedDictionary<String, Model>

        var testDescription: String { modelType }
    }

    struct Model: Sendable {
        /// The names in a file that Transformers writes.
        let saved: [String]
        /// What ties the tensors that are not in the file to others.
        let tied: [String: String]
        /// For each other model and each name, the number of the name in the other's file; nil where there is none.
        let counterparts: OrderedDictionary<String, [Int?]>
    }

    /// A checkpoint, and what its tensors are called in the vision model of CLIP.
    struct CLIP: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let saved: [String]
        let vision: [String?]
    }

    private static let root = try? JSONValue(
        parsing: FileSystem.read(Repository.directory + "/Tests/CheckpointsTests/Fixtures/state_dict_keys.json"))

    static let families: [Family] = (root?["families"]?.array ?? []).map { family in
        Family(
            modelType: family["model_type"]?.string ?? "", prefix: family["prefix"]?.string ?? "",
            models: (family["models"]?.object ?? [:]).mapValues { model in
                Model(
                    saved: strings(model["saved"]),
                    tied: Dictionary(
                        uniqueKeysWithValues: (model["tied"]?.object ?? [:]).map { ($0, $1.string ?? "") }),
                    counterparts: (model["counterparts"]?.object ?? [:]).mapValues { ($0.array ?? []).map(\.int) })
            })
    }

    static let clip: [CLIP] = (root?["clip"]?.object ?? [:]).map { name, model in
        CLIP(
            testDescription: name, saved: strings(model["saved"]), vision: (model["vision"]?.array ?? []).map(\.string))
    }

    private static func strings(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }
}
