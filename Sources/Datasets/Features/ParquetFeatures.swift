import OrderedCollections

extension Feature {
    /// What a field of a Parquet file holds, as far as its schema tells: `image{bytes, path}` is an image.
    init(_ field: ParquetField) {
        switch field.content {
        case .leaf(let leaf): self = .value(type: leaf.valueType)
        case .list(let element, _, _): self = .list(Feature(element))
        case .structure(let fields):
            let parts = OrderedDictionary(fields.map { ($0.name, Feature($0)) }) { first, _ in first }
            let isImage = parts == Self.storedImage
            self = isImage ? .image : .structure(parts)
        }
    }

    private static let storedImage: OrderedDictionary<String, Feature> = [
        "bytes": .value(type: "binary"), "path": .value(type: "string"),
    ]

    /// Whether values of a field can stand for what the feature says.
    func fits(_ field: ParquetField) -> Bool {
        switch (self, field.content) {
        case (.classLabel, .leaf(let leaf)):
            return [.int32, .int64].contains(leaf.physicalType) || leaf.logicalType == .string
        case (.image, .leaf(let leaf)): return leaf.physicalType == .byteArray && leaf.logicalType == nil
        case (.image, .structure(let fields)):
            return fields.contains { $0.name == "bytes" && Feature($0) == .value(type: "binary") }
        case (.value(let type), .leaf(let leaf)): return Self.kind(type) == Self.kind(leaf.valueType)
        case (.list(let element), .list(let field, _, _)): return element.fits(field)
        case (.structure(let parts), .structure(let fields)):
            return parts.count == fields.count
                && fields.allSatisfy { field in parts[field.name].map { $0.fits(field) } ?? false }
        default: return false
        }
    }

    /// What types of value have in common that differ in their widths only.
    private static func kind(_ type: String) -> String {
        if type.hasPrefix("int") || type.hasPrefix("uint") { return "int" }
        if type.hasPrefix("float") { return "float" }
        if type.hasPrefix("fixed_size_binary") { return "binary" }
        // Hugging Face's names for longer strings, with the same bytes.
        return ["large_string": "string", "large_binary": "binary", "double": "float"][type] ?? type
    }

    /// A value of a field for which `fits` holds, as the feature means it.
    ///
    /// - Throws: `ParquetProblem` if it is an image without bytes, or none of the classes.
    func interpreted(_ value: Value) throws(ParquetProblem) -> Value {
        switch (self, value) {
        case (.image, .bytes(let bytes)): return .image(bytes: bytes, path: nil)
        case (.image, .structure(let parts)):
            let path: String? = if case .string(let path) = parts["path"] { path } else { nil }
            if case .bytes(let bytes) = parts["bytes"] { return .image(bytes: bytes, path: path) }
            guard let path else { return .null }
            throw .imageWithoutBytes(imagePath: path)
        case (.classLabel(let names), .string(let name)):
            guard let index = names.firstIndex(of: name) else { throw .unknownClass(name) }
            return .integer(Int64(index))
        case (.list(let feature), .list(let values)) where feature.changesValues:
            var interpreted: [Value] = []
            interpreted.reserveCapacity(values.count)
            for value in values { interpreted.append(try feature.interpreted(value)) }
            return .list(interpreted)
        case (.structure(let features), .structure(var parts)) where changesValues:
            for (name, feature) in features {
                if let part = parts[name] { parts[name] = try feature.interpreted(part) }
            }
            return .structure(parts)
        default: return value
        }
    }

    /// Whether some values mean something else than what is stored.
    private var changesValues: Bool {
        switch self {
        case .image, .classLabel: true
        case .value: false
        case .list(let element): element.changesValues
        case .structure(let parts): parts.values.contains { $0.changesValues }
        }
    }
}
