import Configuration
import Tensors

/// Elect, mask and rescale: one task vector for all tasks, and for each task a mask and a scale that give its model:
/// θ₀ + sₜ·(u ⊙ mₜ).
///
/// Huang et al.: "EMR-Merging: tuning-free high-performance model merging" (2024, arXiv 2405.17461).
struct EMRMerging: DataFreeFusionMethod {
    var methodName: String { "EMR merging" }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let rescalers = try rescalers(models, in: context)
        return .models(
            models.modelNames.indices.map { task in
                (models.modelNames[task], models.fused(EMRMerger(task: task, rescaler: rescalers[task])))
            })
    }

    /// sₜ of each task: Σ mean |τₜ| / Σ mean |u ⊙ mₜ|, sums over the tensors, means within each.
    ///
    /// - Throws: An error of reading.
    func rescalers(_ models: AlignedModels, in context: FusionContext) throws -> [Float] {
        let count = models.models.count
        let sums = try models.pass(.elements, in: context).sums("magnitudes", count: 2 * count) { stretch in
            guard let base = stretch.pretrained else { return [] }
            let unified = EMRTaskVector.unified(stretch)
            let masked = EMRTaskVector.maskedRoom(stretch)
            return stretch.models.map { FloatArithmetic.absoluteSum($0, base: base) }
                + stretch.models.map { model in
                    EMRTaskVector.mask(unified, by: model, base, into: masked)
                    return FloatArithmetic.absoluteSum(UnsafeBufferPointer(masked), base: nil)
                }
        }
        var means = [Double](repeating: 0, count: 2 * count)
        for (parameter, sums) in zip(models.parameters, sums) where parameter.input.shape.elementCount > 0 {
            for (index, sum) in sums.enumerated() { means[index] += sum / Double(parameter.input.shape.elementCount) }
        }
        // A task that nothing is left of, or that has changed nothing, has nothing to scale.
        return (0..<count).map { means[count + $0] == 0 ? 1 : Float(means[$0] / means[count + $0]) }
    }
}

/// The task vector that all tasks share, and each task's part of it.
enum EMRTaskVector {
    private enum Slot {
        static let signs = 0
        static let unified = 1
        static let delta = 2
        static let masked = 3
    }

    /// Room for a masked task vector.
    static func maskedRoom(_ stretch: Stretch) -> UnsafeMutableBufferPointer<Float> { stretch.buffer(Slot.masked) }

    /// u: of the entries that have the sign of their sum, the one of the largest magnitude; where the sum is 0, the sign is
    /// minus.
    static func unified(_ stretch: Stretch) -> UnsafeBufferPointer<Float> {
        let (signs, unified, delta) = (
            stretch.buffer(Slot.signs), stretch.buffer(Slot.unified), stretch.buffer(Slot.delta)
        )
        signs.update(repeating: 0)
        unified.update(repeating: 0)
        guard let base = stretch.pretrained else { return UnsafeBufferPointer(unified) }
        for model in stretch.models { FloatArithmetic.accumulateDifference(model, base, weight: 1, into: signs) }
        FloatArithmetic.electSigns(of: signs, majority: -1)
        for model in stretch.models {
            FloatArithmetic.subtract(base, from: model, into: delta)
            FloatArithmetic.takeLargestElected(
                UnsafeBufferPointer(delta), signs: UnsafeBufferPointer(signs), into: unified)
        }
        return UnsafeBufferPointer(unified)
    }

    /// u ⊙ mₜ: the entries of u whose sign the task's own entries have.
    static func mask(
        _ unified: UnsafeBufferPointer<Float>, by model: UnsafeBufferPointer<Float>,
        _ base: UnsafeBufferPointer<Float>, into masked: UnsafeMutableBufferPointer<Float>
    ) {
        for index in masked.indices {
            let (entry, change) = (unified[index], model[index] - base[index])
            masked[index] = (entry > 0 && change > 0) || (entry < 0 && change < 0) ? entry : 0
        }
    }
}

/// The model of one task: θ₀ + sₜ·(u ⊙ mₜ).
private struct EMRMerger: ParameterMerger {
    let task: Int
    let rescaler: Float

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let masked = EMRTaskVector.maskedRoom(stretch)
        EMRTaskVector.mask(EMRTaskVector.unified(stretch), by: stretch.models[task], base, into: masked)
        FloatArithmetic.add(UnsafeBufferPointer(masked), weight: rescaler, to: base, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerEMRMerging() {
        register(
            "fusion_bench.method.emr_merging.EMRMerging", "fusion_bench.method.emr_merging.emr_merging.EMRMerging",
            "fusion_bench.method.EMRMerging"
        ) { EMRMerging() }
    }
}
