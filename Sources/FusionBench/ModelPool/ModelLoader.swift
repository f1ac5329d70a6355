import Checkpoints
import OperatingSystem
import OrderedCollections

/// Reads the headers of the models of one family, and gives their tensors the names that the family shares.
struct ModelLoader {
    let family: ModelFamily

    func load(_ reference: ModelReference, name: String) throws -> PooledModel {
        let path =
            FileSystem.isDirectory(reference.location)
            ? FileSystem.join(reference.location, "model.safetensors") : reference.location
        let stateDict = try SafetensorsFile(path).stateDict
        var tensors: OrderedDictionary<String, LazyTensor> = [:]
        var ownNames: [String: String] = [:]
        for (own, tensor) in stateDict.tensors {
            let key = own.hasPrefix("vision_model.") && family == .clipVision ? String(own.dropFirst(13)) : own
            tensors[key] = tensor
            if key != own { ownNames[key] = own }
        }
        return PooledModel(
            name: name, location: reference.location, directory: reference.location, tensors: tensors,
            ownNames: ownNames)
    }
}
