import Tensors

/// Sets entries of task vectors to zero at random, and scales the others.
///
/// Whether an entry is dropped depends on the seed, the names of the model and of the parameter, and on the entry's place in
/// it: not on who computes it, and not on other models or parameters.
struct RandomDrop: Sparsifier {
    /// For each parameter, the probability that an entry is kept; 1 leaves the parameter as it is.
    let keepProbabilities: [Double]
    /// For each parameter, what kept entries are multiplied by.
    let factors: [Float]
    let seed: UInt64
    /// The names of the models.
    let models: [String]

    var granularity: Granularity { .elements }

    func sparsify(_ delta: UnsafeMutableBufferPointer<Float>, of stretch: Stretch, model: Int) {
        let probability = keepProbabilities[stretch.parameter]
        guard probability < 1 else { return }
        RandomStream(seed: seed, purpose: "drop/" + models[model], name: stretch.name).keep(
            probability: probability, factor: factors[stretch.parameter], delta, from: stretch.range.lowerBound)
    }
}
