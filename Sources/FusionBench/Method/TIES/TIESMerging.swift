import Configuration
import Fabric
import Tensors

/// Trims each task vector to its largest entries, elects a sign for each entry, and merges the values that have it:
/// θ₀ + λ·merged.
///
/// Yadav et al.: "TIES-Merging: Resolving interference when merging models" (2023, arXiv 2306.01708). The merged value is
/// by default the sum of the survivors, as in FusionBench; the paper's is their mean.
struct TIESMerging: DataFreeFusionMethod {
    /// λ.
    var scalingFactor: ParameterSetting
    /// How much of each task vector is kept, over all parameters: a percentage if above 1, otherwise a fraction.
    var threshold: Double
    /// Names of parameters that stay the pretrained model's.
    var removedKeys: Set<String> = []
    /// How values of the elected sign are merged.
    var mergeFunction: TIESMergeFunction
    /// What is done to the task vectors before.
    var sparsifier: (any Sparsifier)?

    var methodName: String { "TIES" }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        .model(
            models.fused(
                try merger(of: models.parameters.map(\.input), modelNames: models.modelNames, in: context)
            ) { parameter in
                guard let base = parameter.input.pretrained, removedKeys.contains(parameter.key) else {
                    return .merge(parameter.input)
                }
                return .copy(base, model: ModelPool.pretrainedName)
            })
    }

    /// The election and the merging of some tensors, after the passes over them that its thresholds need.
    ///
    /// - Throws: An error of reading.
    func merger(of inputs: [MergeInput], modelNames: [String], in context: FusionContext) throws -> TIESMerger {
        let kept = inputs.filter { !removedKeys.contains($0.key) }
        let pass = StretchPass(
            inputs: kept, granularity: sparsifier?.granularity ?? .elements, modelNames: modelNames, context: context)
        let count = kept.reduce(0) { $0 + $1.shape.elementCount }
        let fraction = threshold > 1 ? threshold / 100 : threshold
        let rank = count - Int(Double(count) * fraction)
        let selection = MagnitudeSelection(pass: pass, modelCount: modelNames.count, sparsifier: sparsifier)
        // Rank 0 is below all: nothing is trimmed.
        let thresholds =
            rank < 1 || count == 0
            ? [UInt32](repeating: 0, count: modelNames.count) : try selection.magnitudes(ofRank: min(rank, count))
        var merger = TIESMerger(
            scalingFactors: scalingFactor.values(for: inputs.map(\.key), fallback: 0),
            trim: MagnitudeTrim(thresholds: thresholds), sparsifier: sparsifier, mergeFunction: mergeFunction)
        merger.majority = try majority(pass, merger)
        return merger
    }

    /// The sign of most elected entries: that of entries whose values cancel each other out.
    private func majority(_ pass: StretchPass, _ merger: TIESMerger) throws -> Float {
        final class Balance {
            var value = 0
        }
        let balances = try pass.tally("signs", make: Balance.init) { stretch, balance in
            balance.value += FloatArithmetic.signBalance(UnsafeBufferPointer(merger.sum(stretch)))
        }
        var total = [Int64(balances.reduce(0) { $0 + $1.value })]
        try pass.context.fabric.allReduce(&total, .sum, "signs")
        return Float(total[0].signum())
    }
}

/// How TIES merges the values of the elected sign.
enum TIESMergeFunction: String, CaseIterable {
    case sum
    case mean
    case max
}

extension TIESMergeFunction: ConfigurationDecodable {
    static var expectedDescription: String { "one of sum, mean, max" }

    /// What stands before a hyphen does not count, as in the reference: `dis-mean` is `mean`.
    static func decode(_ argument: Argument) -> TIESMergeFunction? {
        String.decode(argument).flatMap { text in
            text.split(separator: "-").last.flatMap { TIESMergeFunction(rawValue: String($0)) }
        }
    }
}

/// Keeps the entries of each task vector whose magnitude is at least the model's threshold.
struct MagnitudeTrim: Sparsifier {
    /// For each model, the bits of the least magnitude that is kept.
    let thresholds: [UInt32]

    var granularity: Granularity { .elements }

    func sparsify(_ delta: UnsafeMutableBufferPointer<Float>, of stretch: Stretch, model: Int) {
        FloatArithmetic.keepMagnitudes(from: thresholds[model], of: delta)
    }
}

/// The election and the merging of TIES, once its thresholds are known.
struct TIESMerger: ParameterMerger {
    /// λ for each parameter.
    let scalingFactors: [Float]
    let trim: MagnitudeTrim
    let sparsifier: (any Sparsifier)?
    let mergeFunction: TIESMergeFunction
    /// The sign where the values cancel each other out: 1, -1 or 0.
    var majority: Float = 0

    var granularity: Granularity { sparsifier?.granularity ?? .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let signs = sum(stretch)
        FloatArithmetic.electSigns(of: signs, majority: majority)
        let elected = UnsafeBufferPointer(signs)
        let result = stretch.buffer(1)
        result.update(repeating: 0)
        for index in stretch.models.indices {
            let delta = UnsafeBufferPointer(stretch.buffer(deltaSlot(index)))
            if mergeFunction == .max {
                FloatArithmetic.takeLargestElected(delta, signs: elected, into: result)
            } else {
                FloatArithmetic.accumulateElected(delta, signs: elected, weight: 1, into: result)
            }
        }
        if mergeFunction == .mean { divideByCounts(result, stretch, elected) }
        FloatArithmetic.add(
            UnsafeBufferPointer(result), weight: scalingFactors[stretch.parameter], to: base, into: merged)
    }

    /// The sum of the trimmed task vectors, which stay in their slots.
    func sum(_ stretch: Stretch) -> UnsafeMutableBufferPointer<Float> {
        let sum = stretch.buffer(0)
        sum.update(repeating: 0)
        guard let base = stretch.pretrained else { return sum }
        for (index, model) in stretch.models.enumerated() {
            let delta = stretch.buffer(deltaSlot(index))
            FloatArithmetic.subtract(base, from: model, into: delta)
            sparsifier?.sparsify(delta, of: stretch, model: index)
            trim.sparsify(delta, of: stretch, model: index)
            FloatArithmetic.accumulate(UnsafeBufferPointer(delta), weight: 1, into: sum)
        }
        return sum
    }

    private func divideByCounts(
        _ result: UnsafeMutableBufferPointer<Float>, _ stretch: Stretch, _ signs: UnsafeBufferPointer<Float>
    ) {
        let counts = stretch.buffer(2)
        counts.update(repeating: 0)
        for index in stretch.models.indices {
            let delta = UnsafeBufferPointer(stretch.buffer(deltaSlot(index)))
            FloatArithmetic.accumulateElectedWeight(delta, signs: signs, weight: 1, into: counts)
        }
        FloatArithmetic.divide(result, by: UnsafeBufferPointer(counts), least: 1)
    }

    private func deltaSlot(_ model: Int) -> Int { 3 + model }
}

extension TargetRegistry {
    mutating func registerTIESMerging() {
        register(
            "fusion_bench.method.TiesMergingAlgorithm", "fusion_bench.method.ties_merging.TiesMergingAlgorithm",
            "fusion_bench.method.ties_merging.ties_merging.TiesMergingAlgorithm",
            parameters: Parameter<ParameterSetting>("scaling_factor"), Parameter<Double>("threshold"),
            Parameter("remove_keys", default: [String]?.none),
            Parameter("merge_func", default: TIESMergeFunction.sum)
        ) { factor, threshold, removed, function in
            TIESMerging(
                scalingFactor: factor, threshold: threshold, removedKeys: Set(removed ?? []), mergeFunction: function)
        }
    }
}
