public import OrderedCollections
public import Tensors

/// What is done to all gradients of a step together.
public enum GradientNorm {
    /// The length of all gradients as one vector, in binary64 and in the order of the gradients.
    ///
    /// - Parameter gradients: Of `float32`.
    /// - Returns: √Σ g².
    public static func total(_ gradients: OrderedDictionary<String, Tensor>) -> Double {
        gradients.values.reduce(0) { sum, gradient in
            sum + gradient.withBytes { FixedOrderSum.squaredNorm($0.assumingMemoryBound(to: Float.self)) }
        }.squareRoot()
    }

    /// Shortens all gradients together so that their length is at most the given one, as PyTorch's `clip_grad_norm_` does:
    /// they are multiplied with maximum / (length + 10⁻⁶) if that is below 1.
    ///
    /// - Parameters:
    ///   - gradients: Of `float32`, changed in place.
    ///   - maximum: The greatest length.
    /// - Returns: The length before.
    @discardableResult
    public static func clip(_ gradients: inout OrderedDictionary<String, Tensor>, to maximum: Double) -> Double {
        let length = total(gradients)
        let factor = maximum / (length + 1e-6)
        guard factor < 1 else { return length }
        for index in gradients.values.indices { gradients.values[index].scale(by: factor) }
        return length
    }

    /// Adds gradients to others of the same names, in place: several micro-batches that make one step.
    ///
    /// - Parameters:
    ///   - gradients: What is added.
    ///   - weight: A factor of it.
    ///   - sum: What it is added to; where it has no entry yet, it gets one.
    public static func accumulate(
        _ gradients: OrderedDictionary<String, Tensor>, weight: Double = 1,
        into sum: inout OrderedDictionary<String, Tensor>
    ) {
        for (name, gradient) in gradients {
            guard let index = sum.index(forKey: name) else {
                var first = gradient
                if weight != 1 { first.scale(by: weight) }
                sum[name] = first
                continue
            }
            sum.values[index].add(gradient, weight: weight)
        }
    }
}
