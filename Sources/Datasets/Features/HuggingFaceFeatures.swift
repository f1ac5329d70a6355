import JSON
import OrderedCollections

/// The columns as Hugging Face's `datasets` describes them in the metadata of a file.
enum HuggingFaceFeatures {
    /// The key of the metadata under which the description is.
    static let metadataKey = "huggingface"

    /// The columns of a description; those that hold something that is not known here are left out.
    ///
    /// A description that is no JSON counts as none, as the file's own schema says enough.
    static func parse(_ metadata: String) -> OrderedDictionary<String, Feature> {
        guard let value = try? JSONValue(parsing: metadata.utf8), let columns = value["info"]?["features"]?.object
        else {
            return [:]
        }
        return columns.compactMapValues(feature)
    }

    private static func feature(_ value: JSONValue) -> Feature? {
        // An older form of lists.
        if let items = value.array { return items.count == 1 ? feature(items[0]).map { .list($0) } : nil }
        guard let entries = value.object else { return nil }
        guard let type = value["_type"]?.string else { return structure(entries) }
        switch type {
        case "Value": return value["dtype"]?.string.map { .value(type: $0) }
        case "Image": return .image
        case "ClassLabel": return classLabel(value)
        case "List", "LargeList": return value["feature"].flatMap(feature).map { .list($0) }
        case "Sequence":
            guard let element = value["feature"].flatMap(feature) else { return nil }
            // A list of structures is stored as a structure of lists.
            if case .structure(let parts) = element { return .structure(parts.mapValues { .list($0) }) }
            return .list(element)
        default: return nil
        }
    }

    private static func structure(_ entries: OrderedDictionary<String, JSONValue>) -> Feature? {
        let parts = entries.compactMapValues(feature)
        return parts.count == entries.count ? .structure(parts) : nil
    }

    private static func classLabel(_ value: JSONValue) -> Feature? {
        if let names = value["names"]?.array { return .classLabel(names: names.compactMap(\.string)) }
        guard let count = value["num_classes"]?.int, 0...(1 << 20) ~= count else { return nil }
        return .classLabel(names: (0..<count).map { String($0) })
    }
}
