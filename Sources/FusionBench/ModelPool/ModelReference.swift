public import Configuration
import OrderedCollections

/// Where a model of a pool is, and how it is to be read.
public struct ModelReference: Sendable, Equatable {
    /// A directory, a file, or a name on the hub.
    public let location: String
    /// A branch, tag or commit of the hub.
    public var revision: String?
    /// A folder below the location.
    public var subfolder: String?

    /// A low-rank adapter that is added to the model at the location: a directory or a name on the hub.
    public var adapter: String?

    /// The seed of a model with random weights, of which the location has only the configuration; nil for a model that is
    /// there.
    public var initializationSeed: UInt64?

    /// A model at a location.
    public init(location: String) {
        self.location = location
    }
}

extension ModelReference: ConfigurationDecodable {
    /// What it accepts.
    public static var expectedDescription: String {
        "the path or name of a model, or a mapping with pretrained_model_name_or_path, or with from_config and seed"
    }

    /// The keys that hold the location in configurations of the reference.
    private static let locationKeys = [
        "pretrained_model_name_or_path", "model_name_or_path", "base_model_path", "base_model_name", "path",
    ]
    /// The keys that hold the location of an adapter.
    private static let adapterKeys = ["peft_model_path", "peft_name"]

    /// Takes a string, or a mapping as `from_pretrained` gets it; what concerns only the network is not looked at.
    public static func decode(_ argument: Argument) -> ModelReference? {
        let value = argument.source
        if let location = value.string { return ModelReference(location: location) }
        if let directory = value["from_config"]?.string {
            guard let seed = value["seed"].map({ Int.decode(.value($0)) }) ?? 0 else { return nil }
            var reference = ModelReference(location: directory)
            reference.initializationSeed = UInt64(bitPattern: Int64(seed))
            return reference
        }
        guard let location = locationKeys.lazy.compactMap({ value[$0]?.string }).first else { return nil }
        var reference = ModelReference(location: location)
        reference.revision = value["revision"]?.string
        reference.subfolder = value["subfolder"]?.string
        reference.adapter = adapterKeys.lazy.compactMap { value[$0]?.string }.first
        return reference
    }
}

/// The models of a pool by name, as configurations have them: a mapping, or the older list of `{name: …, path: …}`.
struct ModelReferences: ConfigurationDecodable {
    let models: OrderedDictionary<String, ModelReference>

    static var expectedDescription: String {
        "a mapping, each value " + ModelReference.expectedDescription + "; or a list of {name: …, path: …}"
    }

    static func decode(_ argument: Argument) -> ModelReferences? {
        if let models = OrderedDictionary<String, ModelReference>.decode(argument) {
            return ModelReferences(models: models)
        }
        guard let items = argument.source.items else { return nil }
        var models: OrderedDictionary<String, ModelReference> = [:]
        for item in items {
            guard let name = item["name"]?.string, let reference = ModelReference.decode(.value(item)) else {
                return nil
            }
            models[name] = reference
        }
        return ModelReferences(models: models)
    }
}
