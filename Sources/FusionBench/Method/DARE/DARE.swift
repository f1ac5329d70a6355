import Configuration

/// DARE, then task arithmetic or the mean of the task vectors: θ₀ + λ Σ vₜ, where vₜ are the task vectors of which entries
/// were dropped.
struct DARE: DataFreeFusionMethod {
    /// How task vectors are thinned out.
    let drop: DropAndRescale
    /// λ; nil for the mean, 1/T.
    let scalingFactor: ParameterSetting?

    var methodName: String { scalingFactor == nil ? "DARE with simple average" : "DARE with task arithmetic" }

    func problems(with models: AlignedModels) -> [String] { drop.problems(of: methodName) }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let factor = scalingFactor ?? ParameterSetting(1 / Double(models.models.count))
        return try GeneralizedTaskArithmetic(scalingFactor: factor)
            .fuse(models, drop.sparsifier(models, in: context), in: context)
    }
}

/// DARE, then TIES.
struct DARETIESMerging: DataFreeFusionMethod {
    /// How task vectors are thinned out.
    let drop: DropAndRescale
    /// What is done with them then.
    let ties: TIESMerging

    var methodName: String { "DARE with TIES" }

    func problems(with models: AlignedModels) -> [String] {
        drop.problems(of: methodName) + ties.problems(with: models)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        var ties = ties
        ties.sparsifier = drop.sparsifier(models, in: context)
        return try ties.fuse(models, in: context)
    }
}

extension TargetRegistry {
    mutating func registerDARE() {
        let ratio = Parameter<ParameterSetting>("sparsity_ratio")
        let onlyOnLinearWeights = Parameter<Bool>("only_on_linear_weights")
        let rescale = Parameter("rescale", default: true)
        register(
            "fusion_bench.method.DareSimpleAverage", "fusion_bench.method.dare.DareSimpleAverage",
            "fusion_bench.method.dare.simple_average.DareSimpleAverage",
            parameters: ratio, onlyOnLinearWeights, rescale
        ) { ratio, onlyOnLinearWeights, rescale in
            DARE(
                drop: DropAndRescale(
                    sparsityRatio: ratio, onlyOnLinearWeights: onlyOnLinearWeights, rescales: rescale),
                scalingFactor: nil)
        }
        register(
            "fusion_bench.method.DareTaskArithmetic", "fusion_bench.method.dare.DareTaskArithmetic",
            "fusion_bench.method.dare.task_arithmetic.DareTaskArithmetic",
            parameters: Parameter<ParameterSetting>("scaling_factor"), ratio, onlyOnLinearWeights, rescale
        ) { factor, ratio, onlyOnLinearWeights, rescale in
            DARE(
                drop: DropAndRescale(
                    sparsityRatio: ratio, onlyOnLinearWeights: onlyOnLinearWeights, rescales: rescale),
                scalingFactor: factor)
        }
        register(
            "fusion_bench.method.DareTiesMerging", "fusion_bench.method.dare.DareTiesMerging",
            "fusion_bench.method.dare.ties_merging.DareTiesMerging",
            parameters: ratio, onlyOnLinearWeights, rescale, Parameter<ParameterSetting>("scaling_factor"),
            Parameter<Double>("threshold"), Parameter("remove_keys", default: [String]?.none),
            Parameter("merge_func", default: TIESMergeFunction.sum)
        ) { ratio, onlyOnLinearWeights, rescale, factor, threshold, removed, function in
            DARETIESMerging(
                drop: DropAndRescale(
                    sparsityRatio: ratio, onlyOnLinearWeights: onlyOnLinearWeights, rescales: rescale),
                ties: TIESMerging(
                    scalingFactor: factor, threshold: threshold, removedKeys: Set(removed ?? []),
                    mergeFunction: function))
        }
    }
}
