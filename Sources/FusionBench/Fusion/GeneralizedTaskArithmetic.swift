import Tensors

/// What Breadcrumbs, DELLA and their kin share: sparsified task vectors, scaled to their former norm if wanted, weighted,
/// and added with or without an election of signs.
struct GeneralizedTaskArithmetic: Sendable {
    /// The weight of each task vector.
    var weight = ModelSetting(1)
    /// λ: how much of the sum is added.
    var scalingFactor = ParameterSetting(1)
    /// Whether the sum is divided by the sum of the weights that took part.
    var normalizes = false
    /// Whether what is kept of a task vector's tensor is scaled to the L1 norm of the whole.
    var rescales = false
    /// Whether values take part only if they have the sign of the sum.
    var electsSigns = false

    /// What is wrong with the numbers for these models.
    func problems(of method: String, with models: AlignedModels) -> [String] {
        weight.problems("weight", of: method, models: models.modelNames)
    }

    /// Merges sparsified task vectors.
    ///
    /// - Throws: An error of reading.
    func fuse(
        _ models: AlignedModels, _ sparsifier: (any Sparsifier)?, in context: FusionContext
    ) throws -> FusionResult {
        let keys = models.parameters.map(\.key)
        let weights = weight.numbers(for: keys, models: models.modelNames, fallback: 1)
        return .model(
            models.fused(
                TaskVectorMerger(
                    weights: weights.map { $0.map { Float($0) } },
                    scalingFactors: scalingFactor.values(for: keys, fallback: 1),
                    sparsifier: try sparsifier.map {
                        rescales ? try RescaledSparsifier($0, models, in: context) : $0
                    },
                    electsSigns: electsSigns, normalizes: normalizes)))
    }
}

/// Scales what a sparsifier keeps of a tensor to the L1 norm that the tensor had before.
struct RescaledSparsifier: Sparsifier {
    private let sparsifier: any Sparsifier
    /// For each parameter, the factor of each model.
    private let factors: [[Float]]

    /// Norms below this are not scaled, nor scaled to.
    private static let leastNorm = 1e-7

    /// Finds the factors in one pass.
    ///
    /// - Throws: An error of reading.
    init(_ sparsifier: any Sparsifier, _ models: AlignedModels, in context: FusionContext) throws {
        let count = models.models.count
        let norms = try models.pass(sparsifier.granularity, in: context).sums("norms", count: 2 * count) { stretch in
            guard let base = stretch.pretrained else { return [] }
            return stretch.models.enumerated().flatMap { index, model in
                let delta = stretch.buffer(0)
                FloatArithmetic.subtract(base, from: model, into: delta)
                sparsifier.sparsify(delta, of: stretch, model: index)
                return [
                    FloatArithmetic.absoluteSum(model, base: base),
                    FloatArithmetic.absoluteSum(UnsafeBufferPointer(delta), base: nil),
                ]
            }
        }
        self.sparsifier = sparsifier
        factors = norms.map { norms in
            (0..<count).map { model in
                let (before, after) = (norms[2 * model], norms[2 * model + 1])
                return min(before, after) < Self.leastNorm ? 1 : Float(before / after)
            }
        }
    }

    var granularity: Granularity { sparsifier.granularity }

    func sparsify(_ delta: UnsafeMutableBufferPointer<Float>, of stretch: Stretch, model: Int) {
        sparsifier.sparsify(delta, of: stretch, model: model)
        let factor = factors[stretch.parameter][model]
        if factor != 1 { FloatArithmetic.scale(delta, by: factor) }
    }
}
