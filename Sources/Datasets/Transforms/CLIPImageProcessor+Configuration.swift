import JSON
import OperatingSystem

extension CLIPImageProcessor {
    /// The processor that a model's directory describes.
    ///
    /// Newer versions of Transformers write it into `processor_config.json`, under `image_processor`; it comes first. Older
    /// ones write `preprocessor_config.json`.
    ///
    /// - Throws: `ProcessorConfigurationError`.
    public init(directory: String) throws(ProcessorConfigurationError) {
        let nested = FileSystem.join(directory, "processor_config.json")
        if FileSystem.isFile(nested) {
            let value = try Self.value(inFile: nested)
            if let own = value["image_processor"] {
                self = try Self(own, path: nested, prefix: "image_processor.")
                return
            }
        }
        let path = FileSystem.join(directory, "preprocessor_config.json")
        guard FileSystem.isFile(path) else { throw .missing(directory: directory) }
        try self.init(file: path)
    }

    /// The processor that a file describes, in either form.
    ///
    /// - Throws: `ProcessorConfigurationError`.
    public init(file path: String) throws(ProcessorConfigurationError) {
        let value = try Self.value(inFile: path)
        if let own = value["image_processor"] {
            try self.init(own, path: path, prefix: "image_processor.")
        } else {
            try self.init(value, path: path, prefix: "")
        }
    }

    private static func value(inFile path: String) throws(ProcessorConfigurationError) -> JSONValue {
        let bytes: [UInt8]
        do throws(FileSystemError) {
            bytes = try FileSystem.read(path)
        } catch {
            throw .unreadable(path: path, code: error.code)
        }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .malformed(path: path, error)
        }
    }

    /// The processor that the keys of an object describe; those that are missing have CLIP's usual values.
    ///
    /// - Parameters:
    ///   - value: The object.
    ///   - path: The file that it stands in.
    ///   - prefix: What stands before its keys in messages.
    /// - Throws: `ProcessorConfigurationError` with all that is wrong.
    init(_ value: JSONValue, path: String, prefix: String) throws(ProcessorConfigurationError) {
        guard let entries = value.object else {
            throw .invalid(
                path: path,
                problems: [.init(key: prefix.isEmpty ? "the file" : prefix, expected: "an object", found: value)])
        }
        var reader = ProcessorConfigurationReader(entries: entries, prefix: prefix)
        self = reader.processor()
        guard reader.problems.isEmpty else { throw .invalid(path: path, problems: reader.problems) }
    }
}
