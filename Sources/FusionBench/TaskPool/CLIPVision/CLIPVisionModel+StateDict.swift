import Checkpoints
import Models
import Networks
import OrderedCollections
import Tensors

extension CLIPVisionModel {
    /// The tower of a state dict in any form of its names.
    ///
    /// - Parameters:
    ///   - tensors: A vision tower, or a whole CLIP model.
    ///   - configuration: Its sizes.
    /// - Throws: `KeyMapProblem` if there is no vision tower, `ParameterError` if it does not fit the sizes.
    init(_ tensors: OrderedDictionary<String, Tensor>, _ configuration: CLIPVisionConfiguration) throws {
        let map = try KeyMap(clipVision: Array(tensors.keys))
        var renamed: OrderedDictionary<String, Tensor> = [:]
        for (name, original) in map.originals { renamed[name] = tensors[original] }
        self = try Parameters(renamed).makeNetwork { CLIPVisionModel($0, configuration) }
    }
}

extension PooledModel {
    /// The sizes of its vision tower, if its configuration says them.
    ///
    /// - Throws: `CLIPError` for a configuration that cannot be used.
    func visionConfiguration() throws -> CLIPVisionConfiguration? {
        try configuration.map { try CLIPVisionConfiguration($0, path: location) }
    }
}
