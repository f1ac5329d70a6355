import Fabric
import OrderedCollections
import Tensors

/// The weights θ₀ + Σ λ · τ of a network for given coefficients: computed once, and taken into as many tapes as there are
/// micro-batches.
struct MergedWeights: Sendable {
    private let vectors: TaskVectors
    /// λ of each layer, or of all.
    private let layers: [[Float]]
    /// By the names that the models share.
    private let tensors: [Tensor]

    /// Computes all parameters, in place of those that were computed there before.
    ///
    /// All ranks do it together.
    ///
    /// - Parameters:
    ///   - vectors: θ₀ and τ.
    ///   - coefficients: λ, as they are used; the same on all ranks.
    ///   - memory: Where they are written.
    ///   - fabric: The ranks.
    /// - Throws: `FabricError` if ranks are at different calls.
    init(
        _ vectors: TaskVectors, _ coefficients: MergingCoefficients, in memory: MergedWeightsMemory, on fabric: Fabric
    ) throws {
        self.vectors = vectors
        layers = coefficients.used
        tensors = try memory.merge(vectors, layers, on: fabric)
    }

    /// The weights as functions of the coefficients, on a tape.
    ///
    /// Their gradients are passed on, as products with τ, as soon as they are known, and are not kept.
    ///
    /// - Parameter tape: Records what is computed of them.
    /// - Returns: The weights; and what to ask the tape for the gradient of: for each layer λ, one number a model.
    func traced(on tape: GradientTape) -> (weights: OrderedDictionary<String, Tensor>, layers: [Tensor]) {
        let layers = layers.map { tape.watch(Tensor($0.map(Double.init))) }
        let weights = tensors.enumerated().map { number, tensor in
            tape.record(tensor, from: [layers[layers.count == 1 ? 0 : number]], isEager: true) { flow in
                flow.add(Tensor(vectors.products(flow.gradient, number)), to: 0)
            }
        }
        return (OrderedDictionary(uniqueKeysWithValues: zip(vectors.parameters.map(\.key), weights)), layers)
    }
}
