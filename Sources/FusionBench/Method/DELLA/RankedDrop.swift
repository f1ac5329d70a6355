import Tensors

/// Sets entries of task vectors to zero at random, with a probability that falls with their rank by magnitude in their row.
///
/// A vector is one row; a tensor of more than two dimensions is ranked along its second.
struct RankedDrop: Sparsifier {
    /// The probabilities that entries of a tensor are kept.
    struct Probabilities {
        let density: Double
        let epsilon: Double

        /// Whether all of them lie between 0 and 1.
        var isPossible: Bool { density <= 0 || (abs(epsilon) < density && abs(epsilon) < 1 - density) }

        /// That of the entry of a rank, from 0; the only entry of a row has the mean.
        func probability(rank: Int, of count: Int) -> Double {
            if density <= 0 { return 0 }
            return count < 2 ? density : density - epsilon + 2 * epsilon * Double(rank) / Double(count - 1)
        }
    }

    /// For each parameter, the probabilities of each model; nil where everything is kept.
    let probabilities: [[Probabilities?]]
    let seed: UInt64
    /// The names of the models.
    let models: [String]

    var granularity: Granularity { .slices }

    func sparsify(_ delta: UnsafeMutableBufferPointer<Float>, of stretch: Stretch, model: Int) {
        guard let probabilities = probabilities[stretch.parameter][model], !delta.isEmpty else { return }
        let uniform = stretch.scratch.floats(.sparsifier(0), count: delta.count)
        RandomStream(seed: seed, purpose: "ranked drop/" + models[model], name: stretch.name)
            .fillUniform(uniform, from: stretch.range.lowerBound)
        let sizes = stretch.shape.dimensions
        let length = sizes.count < 2 ? delta.count : sizes[1]
        let distance = sizes.dropFirst(2).reduce(1, *)
        var ranks = MagnitudeRanks()
        for slice in stride(from: 0, to: delta.count, by: length * distance) {
            for start in slice..<slice + distance {
                ranks.forEach(length) {
                    delta[start + $0 * distance]
                } _: { rank, place in
                    let index = start + place * distance
                    let probability = probabilities.probability(rank: rank, of: length)
                    if Double(uniform[index]) >= probability { delta[index] = 0 }
                }
            }
        }
    }
}
