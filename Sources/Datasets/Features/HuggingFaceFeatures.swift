import JSON
import OrderedCollections

/// The columns as Hugging Face's `datasets` describes them in JSON, such as in the metadata of a Parquet file.
struct HuggingFaceFeatures {
    /// The key of the metadata under which the description is.
    static let metadataKey = "huggingface"

    /// How many names may still be made for classes of which only the number is known.
    private var nameLimit = 1 << 20

    /// The columns of a file's description; those that hold something that is not known here are left out.
    ///
    /// A description that is no JSON counts as none, as the file's own schema says enough.
    static func parse(_ metadata: String) -> OrderedDictionary<String, Feature> {
        guard let value = try? JSONValue(parsing: metadata.utf8), let columns = value["info"]?["features"]?.object
        else {
            return [:]
        }
        return parse(columns)
    }

    /// The columns by their names; those that hold something that is not known here are left out.
    static func parse(_ columns: OrderedDictionary<String, JSONValue>) -> OrderedDictionary<String, Feature> {
        var reader = Self()
        return reader.features(columns)
    }

    private mutating func features(
        _ entries: OrderedDictionary<String, JSONValue>
    ) -> OrderedDictionary<String, Feature> {
        var features: OrderedDictionary<String, Feature> = [:]
        for (name, value) in entries { features[name] = feature(value) }
        return features
    }

    private mutating func feature(_ value: JSONValue) -> Feature? {
        // An older form of lists.
        if let items = value.array { return items.count == 1 ? feature(items[0]).map { .list($0) } : nil }
        guard let entries = value.object else { return nil }
        guard let type = value["_type"]?.string else { return structure(entries) }
        switch type {
        case "Value": return value["dtype"]?.string.map { .value(type: $0) }
        case "Image": return .image
        case "ClassLabel": return classLabel(value)
        case "List", "LargeList": return element(value).map { .list($0) }
        case "Sequence":
            guard let element = element(value) else { return nil }
            // A list of structures is stored as a structure of lists.
            if case .structure(let parts) = element { return .structure(parts.mapValues { .list($0) }) }
            return .list(element)
        default: return nil
        }
    }

    private mutating func element(_ list: JSONValue) -> Feature? {
        guard let value = list["feature"] else { return nil }
        return feature(value)
    }

    private mutating func structure(_ entries: OrderedDictionary<String, JSONValue>) -> Feature? {
        let parts = features(entries)
        return parts.count == entries.count ? .structure(parts) : nil
    }

    private mutating func classLabel(_ value: JSONValue) -> Feature? {
        if let names = value["names"]?.array { return .classLabel(names: names.compactMap(\.string)) }
        guard let count = value["num_classes"]?.int, 0...nameLimit ~= count else { return nil }
        nameLimit -= count
        return .classLabel(names: (0..<count).map { String($0) })
    }
}
