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

        /// For each rank of a row, the least number in binary32 that is not less than the probability.
        func fill(_ thresholds: UnsafeMutableBufferPointer<Float>) {
            for rank in thresholds.indices {
                let probability = max(0, probability(rank: rank, of: thresholds.count))
                let rounded = Float(probability)
                thresholds[rank] = Double(rounded) < probability ? rounded.nextUp : rounded
            }
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
        let numbers = stretch.scratch.floats(.sparsifier(0), count: delta.count)
        RandomStream(seed: seed, purpose: "ranked drop/" + models[model], name: stretch.name)
            .fillUniform(numbers, from: stretch.range.lowerBound)
        let sizes = stretch.shape.dimensions
        let length = sizes.count < 2 ? delta.count : sizes[1]
        let distance = sizes.dropFirst(2).reduce(1, *)
        let rows = StridedRows(length: length, distance: distance, memory: stretch.scratch)
        let thresholds = stretch.scratch.floats(.sparsifier(7), count: length)
        probabilities.fill(thresholds)
        let selection = RankedSelection(thresholds: UnsafeBufferPointer(thresholds), memory: stretch.scratch)
        rows.forEach(delta, UnsafeBufferPointer(numbers)) { selection.apply(to: $0, $1) }
    }
}

/// Rows of numbers that lie a distance apart.
private struct StridedRows {
    let length: Int
    let distance: Int
    let memory: ScratchMemory

    /// Hands out one row after another, with the numbers that belong to its entries.
    func forEach(
        _ values: UnsafeMutableBufferPointer<Float>, _ numbers: UnsafeBufferPointer<Float>,
        _ body: (UnsafeMutableBufferPointer<Float>, UnsafeBufferPointer<Float>) -> Void
    ) {
        for slice in stride(from: 0, to: values.count, by: length * distance) {
            guard distance > 1 else {
                let range = slice..<slice + length
                body(UnsafeMutableBufferPointer(rebasing: values[range]), UnsafeBufferPointer(rebasing: numbers[range]))
                continue
            }
            let row = memory.floats(.sparsifier(1), count: length)
            let rowNumbers = memory.floats(.sparsifier(2), count: length)
            for start in slice..<slice + distance {
                for place in 0..<length {
                    row[place] = values[start + place * distance]
                    rowNumbers[place] = numbers[start + place * distance]
                }
                body(row, UnsafeBufferPointer(rowNumbers))
                for place in 0..<length { values[start + place * distance] = row[place] }
            }
        }
    }
}
