public import Checkpoints
import JSON
import Networks
import OperatingSystem
import OrderedCollections
import Tensors

/// A whole CLIP model on disk: configuration and tensors under the names that `transformers` gives them.
///
/// Read are `transformers`' own directories, and OpenCLIP's, with `open_clip_config.json` beside the weights.
public struct CLIPCheckpoint: Sendable {
    /// The directory, where tokenizer and processor are, too.
    public let directory: String
    /// The sizes.
    public let configuration: CLIPConfiguration
    /// The tensors, none of them read yet.
    public let stateDict: LazyStateDict

    /// Finds a model and reads its headers.
    ///
    /// - Throws: `CheckpointError` if it is not there or cannot be read, `CLIPError` for its configuration.
    public init(_ location: CheckpointLocation, cache: HubCache) throws {
        let resolved = try location.resolved(cache: cache)
        directory = resolved.directory
        let stored = try resolved.weights.stateDict()
        stateDict = stored.isOpenCLIP ? stored.convertedFromOpenCLIP() : stored
        configuration = try Self.configuration(in: resolved.directory, isOpenCLIP: stored.isOpenCLIP)
    }

    private static func configuration(in directory: String, isOpenCLIP: Bool) throws(CLIPError) -> CLIPConfiguration {
        let openCLIP = FileSystem.join(directory, "open_clip_config.json")
        if isOpenCLIP, FileSystem.isFile(openCLIP) {
            return try CLIPConfiguration(openCLIP: json(openCLIP), path: openCLIP)
        }
        let path = FileSystem.join(directory, "config.json")
        return try CLIPConfiguration(json(path), path: path)
    }

    private static func json(_ path: String) throws(CLIPError) -> JSONValue {
        do {
            return try JSONValue(parsing: FileSystem.read(path))
        } catch {
            throw .noConfiguration(path: path, problem: "\(error)")
        }
    }

    /// Reads the text tower and the projections.
    ///
    /// - Throws: `CheckpointError` if they cannot be read, `ParameterError` if they do not fit the configuration.
    public func textModelAndProjections() throws -> (text: CLIPTextModel, heads: CLIPProjections) {
        let parameters = try Parameters(read { !$0.hasPrefix("vision_model.") })
        return try parameters.makeNetwork(unexpected: .areIgnored) { scope in
            (CLIPTextModel(scope["text_model"], configuration.text), CLIPProjections(scope, configuration))
        }
    }

    /// Reads the whole model.
    ///
    /// - Throws: `CheckpointError` if it cannot be read, `ParameterError` if it does not fit the configuration.
    public func model() throws -> CLIPModel {
        try Parameters(read { _ in true }).makeNetwork(unexpected: .areIgnored) { CLIPModel($0, configuration) }
    }

    private func read(_ isWanted: (String) -> Bool) throws -> OrderedDictionary<String, Tensor> {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for (name, tensor) in stateDict.tensors where isWanted(name) {
            tensors[name] = try tensor.readTensor()
        }
        return tensors
    }
}
