import JSON
import OperatingSystem
import OrderedCollections

/// What `datasets` wrote beside the data before cards held it: `dataset_infos.json`.
enum DatasetInfosFile {
    static let name = "dataset_infos.json"

    /// What is known of the columns of each configuration; nothing if there is no such file.
    ///
    /// A configuration that stands alone is the usual one, whatever its name is.
    ///
    /// - Throws: `LoadDatasetError.card` if the file cannot be read, or is no JSON object.
    static func features(
        in directory: String
    ) throws(LoadDatasetError) -> OrderedDictionary<String, OrderedDictionary<String, Feature>> {
        let path = FileSystem.join(directory, name)
        guard FileSystem.isFile(path) else { return [:] }
        let bytes: [UInt8]
        do throws(FileSystemError) { bytes = try FileSystem.read(path) } catch {
            throw .card(path: path, problem: error.reason)
        }
        return try features(parsing: bytes, path: path)
    }

    /// Reads the text of such a file.
    ///
    /// - Throws: `LoadDatasetError.card` if it is no JSON object.
    static func features(
        parsing bytes: [UInt8], path: String
    ) throws(LoadDatasetError) -> OrderedDictionary<String, OrderedDictionary<String, Feature>> {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw .card(path: path, problem: error.description)
        }
        guard let entries = value.object else {
            throw .card(path: path, problem: "it must be an object with the names of configurations")
        }
        let features = entries.mapValues { info in
            info["features"]?.object.map { HuggingFaceFeatures.parse($0) } ?? [:]
        }
        guard features.count == 1, let only = features.values.first else { return features }
        return ["default": only]
    }
}
