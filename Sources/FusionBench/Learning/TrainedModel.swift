import Checkpoints
import OrderedCollections
import Tensors

/// A model of a pool with other weights, which are in memory.
struct TrainedModel: Sendable {
    /// The model whose names, configuration and tokenizer it has.
    let template: PooledModel

    /// The model with some tensors replaced; others stay as they are stored.
    ///
    /// - Parameter tensors: By the names that the family shares.
    /// - Returns: The model.
    func model(_ tensors: OrderedDictionary<String, Tensor>) -> FusedModel {
        var model = FusedModel(copying: template)
        for (index, key) in template.tensors.keys.enumerated() {
            guard let tensor = tensors[key] else { continue }
            model.parameters[index].dtype = tensor.dtype
            model.parameters[index].content = .copy(LazyTensor(tensor), model: "the trained model")
        }
        return model
    }
}
