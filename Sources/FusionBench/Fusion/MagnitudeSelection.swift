import Fabric
import Tensors

/// Finds the k-th smallest magnitude of each model's task vector, over all parameters: exactly, and without ever holding
/// the vectors.
///
/// Large models are sampled first, so that one pass decides (see `sampledMagnitudes`). Otherwise the bits of magnitudes
/// have the order of the magnitudes: one pass counts them by their upper 16 bits, which tells the upper bits of the result;
/// a second one counts those among them by the lower bits.
struct MagnitudeSelection {
    /// A pass that reads the models and, unless the values are task vectors already, the pretrained one.
    let pass: StretchPass
    let modelCount: Int
    /// What is done to a task vector's entries before they are compared; nil for nothing.
    let sparsifier: (any Sparsifier)?
    /// The fewest entries of a model that is sampled first.
    var leastSampledCount = 1 << 22

    /// The bits of the magnitudes.
    ///
    /// - Parameter rank: k, from 1 for the smallest; at most the number of entries.
    /// - Returns: One magnitude for each model, on all ranks.
    /// - Throws: An error of reading.
    func magnitudes(ofRank rank: Int) throws -> [UInt32] {
        try sampledMagnitudes(ofRank: rank) ?? countedMagnitudes(ofRanks: [rank], in: pass)[0]
    }

    /// The magnitudes of several ranks, by counting; for each rank, one for each model.
    func countedMagnitudes(ofRanks ranks: [Int], in pass: StretchPass) throws -> [[UInt32]] {
        let upper = try histograms("magnitudes", pass, Array(repeating: .upper, count: modelCount))
        return try ranks.map { rank in
            let places = upper.map { $0.place(ofRank: UInt64(rank - 1)) }
            let lower = try histograms("close magnitudes", pass, places.map { .lower(ofUpper: $0.bucket) })
            return zip(places, lower).map { place, histogram in place.bits(histogram) }
        }
    }

    /// The histograms of all models' magnitudes, over all ranks.
    private func histograms(
        _ name: String, _ pass: StretchPass, _ digits: [MagnitudeHistogram.Digit]
    ) throws -> [MagnitudeHistogram] {
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
        return try digits.indices.map { index in
            try MagnitudeHistogram.sum(
                of: counters.map { $0.counters[index] }, digits[index], name, pass.context.fabric)
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
    /// What the counters of all ranks have counted together.
    static func sum(
        of counters: [MagnitudeCounter], _ digit: Digit, _ name: String, _ fabric: Fabric
    ) throws -> MagnitudeHistogram {
        var total = MagnitudeCounter(of: digit).histogram
        for counter in counters { total.add(counter.histogram) }
        var counts = total.counts.map(Int64.init)
        try fabric.allReduce(&counts, .sum, name)
        return MagnitudeHistogram(of: digit, counts: counts.map(UInt64.init))
    }

    /// Where an element is, of those that have been counted.
    func place(ofRank rank: UInt64) -> Position {
        guard let position = position(ofRank: rank) else { preconditionFailure("There are fewer elements than that") }
        return position
    }
}

extension MagnitudeHistogram.Position {
    /// The bits of the magnitude at this place of the upper bits, by the histogram of the lower ones.
    func bits(_ lower: MagnitudeHistogram) -> UInt32 {
        UInt32(bucket) << 16 | UInt32(lower.place(ofRank: rank).bucket)
    }
}
