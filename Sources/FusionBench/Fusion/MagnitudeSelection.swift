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
    /// - Parameter rank: k, from 1 for the smallest.
    /// - Returns: One magnitude for each model, on all ranks.
    /// - Throws: An error of reading.
    func magnitudes(ofRank rank: Int) throws -> [UInt32] {
        let upper = try count("magnitudes", buckets: MagnitudeCounters.upperBuckets) { values, base, model, counters in
            FloatArithmetic.countUpperBits(values, base: base, into: counters)
        }
        let places = upper.map { Self.bucket(of: rank, in: $0) }
        let lower = try count("close magnitudes", buckets: MagnitudeCounters.lowerBuckets) {
            values, base, model, counters in
            FloatArithmetic.countLowerBits(values, base: base, upper: UInt32(places[model].bucket), into: counters)
        }
        return zip(places, lower).map { place, counts in
            UInt32(place.bucket) << 16 | UInt32(Self.bucket(of: place.rank, in: counts).bucket)
        }
    }

    private typealias Count =
        @Sendable (
            UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>?, Int, UnsafeMutablePointer<FloatArithmetic.Counters>
        ) -> Void

    private func count(_ name: String, buckets: Int, _ count: @escaping Count) throws -> [[Int64]] {
        let (modelCount, sparsifier) = (modelCount, sparsifier)
        let counters = try pass.tally(name) {
            MagnitudeCounters(models: modelCount, buckets: buckets)
        } count: { stretch, counters in
            for (index, model) in stretch.models.enumerated() {
                let target = counters.counters(of: index, adding: stretch.count)
                guard let sparsifier, let base = stretch.pretrained else {
                    count(model, stretch.pretrained, index, target)
                    continue
                }
                let delta = stretch.buffer(0)
                FloatArithmetic.subtract(base, from: model, into: delta)
                sparsifier.sparsify(delta, of: stretch, model: index)
                count(UnsafeBufferPointer(delta), nil, index, target)
            }
        }
        var totals = [Int64](repeating: 0, count: modelCount * buckets)
        for counter in counters { counter.add(to: &totals) }
        try pass.context.fabric.allReduce(&totals, .sum, name)
        return (0..<modelCount).map { Array(totals[$0 * buckets..<($0 + 1) * buckets]) }
    }

    /// The bucket that holds the element of a rank, and the element's rank in it.
    static func bucket(of rank: Int, in counts: [Int64]) -> (bucket: Int, rank: Int) {
        var rest = rank
        for (bucket, count) in counts.enumerated() {
            if rest <= Int(count) { return (bucket, rest) }
            rest -= Int(count)
        }
        return (counts.count - 1, 1)
    }
}

/// The counters of one thread: four for each bucket, of 32 bits, and their sums, of 64.
final class MagnitudeCounters {
    static let upperBuckets = 1 << 15
    static let lowerBuckets = 1 << 16

    private let buckets: Int
    private let counters: UnsafeMutableBufferPointer<FloatArithmetic.Counters>
    private var sums: [Int64]
    /// What each model's counters may hold at most.
    private var pending: [Int]

    init(models: Int, buckets: Int) {
        self.buckets = buckets
        counters = .allocate(capacity: models * buckets)
        counters.initialize(repeating: (0, 0, 0, 0))
        sums = Array(repeating: 0, count: models * buckets)
        pending = Array(repeating: 0, count: models)
    }

    deinit { counters.deallocate() }

    /// The counters of a model, which have room for so many more elements.
    func counters(of model: Int, adding count: Int) -> UnsafeMutablePointer<FloatArithmetic.Counters> {
        if pending[model] + count > UInt32.max { flush(model) }
        pending[model] += count
        guard let base = counters.baseAddress else { preconditionFailure("There are always buckets") }
        return base + model * buckets
    }

    private func flush(_ model: Int) {
        for bucket in model * buckets..<(model + 1) * buckets {
            let (first, second, third, fourth) = counters[bucket]
            sums[bucket] += Int64(first) + Int64(second) + Int64(third) + Int64(fourth)
            counters[bucket] = (0, 0, 0, 0)
        }
        pending[model] = 0
    }

    func add(to totals: inout [Int64]) {
        for model in pending.indices { flush(model) }
        for (index, sum) in sums.enumerated() { totals[index] += sum }
    }
}
