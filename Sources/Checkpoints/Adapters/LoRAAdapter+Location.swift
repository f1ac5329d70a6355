import Glibc
import OperatingSystem

extension LoRAAdapter {
    /// The file in an adapter's directory that says how it is made up.
    public static let configurationName = "adapter_config.json"
    /// The files that may hold its tensors; the first that is there counts, as in PEFT.
    private static let weightNames = ["adapter_model.safetensors", "adapter_model.bin"]

    /// Reads an adapter's configuration and the headers of its tensors.
    ///
    /// - Parameters:
    ///   - location: A directory, or a name on the hub.
    ///   - cache: What was downloaded from the hub.
    /// - Returns: The adapter; nil if there is something else, or nothing.
    /// - Throws: `CheckpointError` if it is there, but cannot be read.
    public static func find(at location: CheckpointLocation, cache: HubCache) throws(CheckpointError) -> LoRAAdapter? {
        guard let directory = try location.directory(cache: cache) else { return nil }
        let path = FileSystem.join(directory, configurationName)
        guard FileSystem.isFile(path) else { return nil }
        let file = try CheckpointFile(path)
        let configuration = try LoRAConfiguration(parsing: try file.read(0..<file.byteCount), path: path)
        for name in weightNames {
            guard let weights = WeightFile(FileSystem.join(directory, name)), FileSystem.isFile(weights.path) else {
                continue
            }
            return LoRAAdapter(configuration: configuration, tensors: try weights.stateDict())
        }
        throw .unreadable(path: FileSystem.join(directory, weightNames[0]), code: ENOENT)
    }
}

extension CheckpointLocation {
    /// The directory, whatever is in it; nil if there is none.
    fileprivate func directory(cache: HubCache) throws(CheckpointError) -> String? {
        do throws(LocationProblem) {
            var directory: String? = FileSystem.isDirectory(name) ? name : nil
            if directory == nil, !FileSystem.isFile(name), HubCache.isName(name) {
                directory = try cache.snapshot(of: name, revision: revision ?? "main")
            }
            return directory.map { FileSystem.join($0, subfolder ?? "") }
        } catch {
            throw .location(error)
        }
    }
}
