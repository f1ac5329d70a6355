import Configuration
import Tensors

/// Averages the entries of task vectors that several models have changed, and takes over those that one model alone has.
///
/// Yuan et al.: "Behavior knowledge merge in reinforced agentic models" (2026, arXiv 2601.13572), RAM and RAM+; details and bounds
/// as in mergekit 0.1.5, whose RAM+ looks at each tensor by itself.
struct ReinforcedAgentMerging: DataFreeFusionMethod {
    /// ε: entries of task vectors up to this magnitude count as unchanged.
    let leastChange: ParameterSetting
    /// How much entries that one model alone has changed are amplified; nil for not at all, which is RAM.
    var amplification: UniqueAmplification?

    var methodName: String { amplification == nil ? "RAM" : "RAM+" }

    func problems(with models: AlignedModels) -> [String] {
        leastChange.problems("epsilon", of: methodName, in: 0...Double.infinity)
            + (amplification?.limit.problems("alpha", of: methodName, in: 0...Double.infinity) ?? [])
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let changes = EntryChanges(thresholds: leastChange.values(for: models.parameters.map(\.key), fallback: 1e-5))
        let factors = try amplification?.factors(models, changes, in: context)
        return .model(models.fused(ReinforcedAgentMerger(changes: changes, factors: factors)))
    }
}

/// λₜ = 1 + r·min(shared / unique, α) for each tensor, with the numbers of entries that model t has changed together with others
/// and alone.
struct UniqueAmplification: Sendable {
    /// r.
    let rate: ParameterSetting
    /// α.
    let limit: ParameterSetting

    /// For each parameter, the factor of each model.
    ///
    /// - Throws: An error of reading.
    fileprivate func factors(
        _ models: AlignedModels, _ changes: EntryChanges, in context: FusionContext
    ) throws -> [[Float]] {
        let keys = models.parameters.map(\.key)
        let (rates, limits) = (rate.numbers(for: keys, fallback: 0.1), limit.numbers(for: keys, fallback: 0.2))
        let count = models.models.count
        let sums = try models.pass(.elements, in: context).sums("shared entries", count: 2 * count) { stretch in
            let counts = changes.modelCounts(stretch)
            return stretch.models.flatMap { model in
                let (shared, unique) = changes.sharedAndUnique(model, stretch, counts)
                return [Double(shared), Double(unique)]
            }
        }
        return sums.indices.map { parameter in
            (0..<count).map { model in
                let (shared, unique) = (sums[parameter][2 * model], sums[parameter][2 * model + 1])
                // Without entries of its own, there is nothing to amplify.
                let ratio = unique > 0 ? shared / unique : 0
                return Float(1 + rates[parameter] * min(ratio, limits[parameter]))
            }
        }
    }
}

/// Which entries of task vectors count as changed.
private struct EntryChanges {
    /// ε of each parameter.
    let thresholds: [Float]

    /// In how many models each entry has changed; in the first buffer of the stretch.
    func modelCounts(_ stretch: Stretch) -> UnsafeMutableBufferPointer<Float> {
        let counts = stretch.buffer(0)
        counts.update(repeating: 0)
        guard let base = stretch.pretrained else { return counts }
        let threshold = thresholds[stretch.parameter]
        for model in stretch.models {
            for index in counts.indices { counts[index] += abs(model[index] - base[index]) > threshold ? 1 : 0 }
        }
        return counts
    }

    /// How many entries a model has changed together with others, and how many alone.
    func sharedAndUnique(
        _ model: UnsafeBufferPointer<Float>, _ stretch: Stretch, _ counts: UnsafeMutableBufferPointer<Float>
    ) -> (shared: Int, unique: Int) {
        guard let base = stretch.pretrained else { return (0, 0) }
        let threshold = thresholds[stretch.parameter]
        var (shared, unique) = (0, 0)
        // Without branches, the loops are vectorised.
        for index in counts.indices {
            let (isChanged, isShared) = (abs(model[index] - base[index]) > threshold, counts[index] > 1)
            shared += isChanged && isShared ? 1 : 0
            unique += isChanged && !isShared ? 1 : 0
        }
        return (shared, unique)
    }
}

/// θ₀ + the mean of shared changes + λₜ·the changes of one model alone.
private struct ReinforcedAgentMerger: ParameterMerger {
    let changes: EntryChanges
    /// λ of each parameter and model; nil for 1.
    let factors: [[Float]]?

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let counts = changes.modelCounts(stretch)
        let threshold = changes.thresholds[stretch.parameter]
        let sum = stretch.buffer(1)
        sum.update(repeating: 0)
        for (number, model) in stretch.models.enumerated() {
            let factor = factors?[stretch.parameter][number] ?? 1
            for index in sum.indices {
                let (change, count) = (model[index] - base[index], counts[index])
                let share = count > 1 ? change / count : change * factor
                sum[index] += abs(change) > threshold ? share : 0
            }
        }
        FloatArithmetic.add(UnsafeBufferPointer(sum), weight: 1, to: base, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerReinforcedAgentMerging() {
        register(
            "fusion_bench.method.RAMAlgorithm", "fusion_bench.method.ram.RAMAlgorithm",
            parameters: Parameter("epsilon", default: ParameterSetting(1e-5))
        ) { ReinforcedAgentMerging(leastChange: $0) }
        register(
            "fusion_bench.method.RAMPlusAlgorithm", "fusion_bench.method.ram.RAMPlusAlgorithm",
            parameters: Parameter("r", default: ParameterSetting(0.1)),
            Parameter("alpha", default: ParameterSetting(0.2)),
            Parameter("epsilon", default: ParameterSetting(1e-5))
        ) { rate, limit, leastChange in
            ReinforcedAgentMerging(
                leastChange: leastChange, amplification: UniqueAmplification(rate: rate, limit: limit))
        }
    }
}
