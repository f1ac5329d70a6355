import Checkpoints
import OperatingSystem
import OrderedCollections
import Tensors

/// λ of merged models: one number for each model, or one for each model and layer.
///
/// Layers are the parameters of the network, in the order in which PyTorch lists them.
struct MergingCoefficients: Sendable {
    /// `[models]`, or `[models, layers]`, as the reference keeps them; binary32.
    var tensor: Tensor
    /// Whether they are cut to [0, 1] where they are used.
    let isClamped: Bool

    /// Whether there is one for each layer.
    var isLayerWise: Bool { tensor.rank == 2 }
    var modelCount: Int { tensor.size(0) }
    /// The number of layers that differ.
    var layerCount: Int { isLayerWise ? tensor.size(1) : 1 }

    /// Equal coefficients.
    ///
    /// - Parameters:
    ///   - value: All of them; nil for 1/T.
    ///   - models: T.
    ///   - layers: The number of layers; nil for one number a model.
    ///   - isClamped: Whether they are cut to [0, 1].
    init(_ value: Double?, models: Int, layers: Int?, isClamped: Bool) {
        let shape: Shape = layers.map { [models, $0] } ?? [models]
        let number = Float(value ?? 1 / Double(models))
        tensor = Tensor(shape) { (_: Int) in number }
        self.isClamped = isClamped
    }

    init(_ tensor: Tensor, isClamped: Bool) {
        self.tensor = tensor
        self.isClamped = isClamped
    }

    /// For each layer, the coefficients as they are used, one for each model.
    var used: [[Float]] {
        let values = tensor.array(of: Float.self).map { isClamped ? min(max($0, 0), 1) : $0 }
        return (0..<layerCount).map { layer in (0..<modelCount).map { values[$0 * layerCount + layer] } }
    }

    /// Their gradient, of the tensor's shape, from those of the layers.
    ///
    /// - Parameter layers: One behind the other, a number for each model.
    /// - Returns: The gradient.
    func gradient(_ layers: [Double]) -> Tensor {
        let values = tensor.array(of: Float.self)
        return Tensor(tensor.shape) { (place: Int) in
            // Where it is cut off, nothing depends on it.
            if isClamped, !(0...1).contains(values[place]) { return Float(0) }
            return Float(layers[place % layerCount * modelCount + place / layerCount])
        }
    }
}
