import Fabric
import Tensors

/// Finds the k-th smallest magnitude of each model's task vector, over all parameters: exactly, and without ever holding
/// the vectors.
///
/// The bits of magnitudes have the order of the magnitudes. One pass counts them by their upper 16 bits, which tells the
/// upper bits of the result; a second one counts those among them by the lower bits.
struct MagnitudeSelection {
    /// A pass that reads the models and, unless the values are task vectors already, the pretrained one.
    let pass: StretchPass
    let modelCount: Int
    /// What is done to a task vector's entries before they are compared; nil for nothing.
    let sparsifier: (any Sparsifier)?

    /// The bits of the magnitudes.
    ///
    /// - Parameter rank: k, from 1 for the smallest; at most the number of entries.
    /// - Returns: One magnitude for each model, on all ranks.
    /// - Throws: An error of reading.
    func magnitudes(ofRank rank: Int) throws -> [UInt32] {
        let upper = try histograms("magnitudes", Array(repeating: .upper, count: modelCount))
        let places = upper.map { $0.place(ofRank: UInt64(rank - 1)) }
        let lower = try histograms("close magnitudes", places.map { .lower(ofUpper: $0.bucket) })
        return zip(places, lower).map { place, histogram in
            UInt32(place.bucket) << 16 | UInt32(histogram.place(ofRank: place.rank).bucket)
        }
    }

    /// The histograms of all models' magnitudes, over all ranks.
    private func histograms(_ name: String, _ digits: [MagnitudeHistogram.Digit]) throws -> [MagnitudeHistogram] {
        let sparsifier = sparsifier
        let counters = try pass.tally(name) {
            ModelMagnitudes(digits)
        } count: { stretch, magnitudes in
            for (index, model) in stretch.models.enumerated() {
                guard let sparsifier, let base = stretch.pretrained else {
                    magnitudes.counters[index].add(model, minus: stretch.pretrained)
                    continue
                }
                let delta = stretch.buffer(0)
                FloatArithmetic.subtract(base, from: model, into: delta)
                sparsifier.sparsify(delta, of: stretch, model: index)
                magnitudes.counters[index].add(UnsafeBufferPointer(delta))
            }
        }
        return try digits.enumerated().map { index, digit in
            var totals = MagnitudeCounter(of: digit).histogram
            for counter in counters { totals.add(counter.counters[index].histogram) }
            var counts = totals.counts.map(Int64.init)
            try pass.context.fabric.allReduce(&counts, .sum, name)
            return MagnitudeHistogram(of: digit, counts: counts.map(UInt64.init))
        }
    }
}

/// The counters of one thread, one for each model.
private final class ModelMagnitudes {
    var counters: [MagnitudeCounter]

    init(_ digits: [MagnitudeHistogram.Digit]) {
        counters = digits.map(MagnitudeCounter.init)
    }
}

extension MagnitudeHistogram {
    /// Where an element is, of those that have been counted.
    func place(ofRank rank: UInt64) -> Position {
        guard let position = position(ofRank: rank) else { preconditionFailure("There are fewer elements than that") }
        return position
    }
}
