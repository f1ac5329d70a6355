import Tensors

/// Sets entries of task vectors to zero, and may scale the others.
protocol Sparsifier: Sendable {
    /// How finely parameters may be cut.
    var granularity: Granularity { get }

    /// Changes the entries of one model's task vector.
    ///
    /// - Parameters:
    ///   - delta: The entries of the stretch.
    ///   - stretch: Which entries these are.
    ///   - model: The number of the model.
    func sparsify(_ delta: UnsafeMutableBufferPointer<Float>, of stretch: Stretch, model: Int)
}
