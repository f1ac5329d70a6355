import Checkpoints
import Configuration
import Fabric
import Tensors

/// Merges models one after another: of each new task vector, what is orthogonal to the merged one is added to it, and the whole
/// is scaled to the mean norm of the task vectors.
///
/// Tang et al.: "Merging models on the fly without retraining: a sequential approach to scalable continual model merging" (2025,
/// arXiv 2501.09522), orthogonal projection-based continual merging. As in FusionBench, parameters that belong to no
/// module of their own, such as CLIP's class embedding, stay the first model's and are only scaled.
struct OPCM: DataFreeFusionMethod {
    /// How much of the sum of the merged task vector's singular values is protected.
    let alpha: Double
    let settings: ContinualSettings

    var methodName: String { "OPCM" }

    func problems(with models: AlignedModels) -> [String] {
        ParameterSetting(alpha).problems("alpha", of: methodName, in: 0...1)
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        let shape = parameter.input.shape
        guard LinearWeights.contains(parameter.key, shape) else { return WholeTensorMemory.values(shape, inputs: 3) }
        let (rows, columns) = (shape.dimensions[0], shape.dimensions[1])
        let rank = min(rows, columns)
        // The sum and the new task vector, the vectors of the sum, coordinates and what is taken away.
        return WholeTensorMemory.values(shape, inputs: 3) + WholeTensorMemory.matrices(2, rows, columns)
            + max(
                WholeTensorMemory.singularVectors(rows, columns, rank),
                WholeTensorMemory.matrices(1, rank, rows + columns) + WholeTensorMemory.matrices(3, rank, rank)
                    + WholeTensorMemory.matrices(2, rows, columns))
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        // The scale of each step is undone before the next one. So the sum is computed without scales, and each state has
        // one of its own.
        let order = settings.order(of: models, in: context)
        let norms = try taskVectorNorms(models, in: context)
        let isAdded = models.parameters.map { Self.hasModule($0.key) }
        let first = ContinualSum(models, order: order, isAdded: isAdded, alpha: alpha)
        // Of the parameters that are only scaled, the product of all scales so far.
        var (sum, scale) = (first, 1.0)
        try log(norm: norms[order[0]], mean: norms[order[0]], merged: norms[order[0]], 0, context)
        var states = [models.copied(order[0], WeightedSumMerger(weights: [], scales: []))]
        for step in order.indices.dropFirst() {
            sum = try sum.adding(step, in: context)
            let squares = try sum.squaredNorms(in: context)
            let whole = zip(squares, isAdded).reduce(0) { $0 + $1.0 * ($1.1 ? 1 : scale * scale) }
            let mean = order[...step].reduce(0) { $0 + norms[$1] } / Double(step + 1)
            let factor = whole > 0 ? mean / whole.squareRoot() : 1
            scale *= factor
            try log(norm: norms[order[step]], mean: mean, merged: whole.squareRoot(), step, context)
            states.append(sum.model(factors: isAdded.map { Float($0 ? factor : scale) }))
        }
        return settings.result(models, order) { states[$0] }
    }

    /// Whether a parameter is the weight or the bias of a module.
    private static func hasModule(_ key: String) -> Bool { key.hasSuffix(".weight") || key.hasSuffix(".bias") }

    /// ‖τₜ‖ over all parameters.
    private func taskVectorNorms(_ models: AlignedModels, in context: FusionContext) throws -> [Double] {
        let count = models.models.count
        let squares = try models.pass(.elements, in: context).sums("norms", count: count) { stretch in
            guard let base = stretch.pretrained else { return [] }
            return stretch.models.map { FloatArithmetic.dotProduct($0, $0, base: base) }
        }
        return (0..<count).map { task in squares.reduce(0) { $0 + $1[task] }.squareRoot() }
    }

    private func log(norm: Double, mean: Double, merged: Double, _ step: Int, _ context: FusionContext) throws {
        try context.fabric.log(
            [
                ("model/task_vector_norm", norm), ("model/avg_task_vector_norm", mean),
                ("model/lambda_t", mean > 0 ? merged / mean : 1), ("empirical/lambda_t", Double(step + 1).squareRoot()),
                ("model/merged_task_vector_norm", mean),
            ], step: step)
    }
}

extension TargetRegistry {
    mutating func registerOPCM() {
        let (shuffle, seed, save, evaluate) = ContinualSettings.parameters
        register(
            "fusion_bench.method.opcm.opcm.OPCMForCLIP", "fusion_bench.method.OPCMForCLIP",
            "fusion_bench.method.opcm.OPCMForCLIP", parameters: Parameter<Double>("alpha"), shuffle, seed, save,
            evaluate
        ) { OPCM(alpha: $0, settings: ContinualSettings($1, $2, $3, $4)) }
        register(
            "fusion_bench.method.opcm.opcm_general.OPCM", "fusion_bench.method.opcm.OPCM",
            parameters: Parameter<Double>("alpha"), shuffle, seed, save, evaluate,
            Parameter("num_ray_actors", default: 0)
        ) { alpha, shuffles, seed, saves, evaluates, _ in
            OPCM(alpha: alpha, settings: ContinualSettings(shuffles, seed, saves, evaluates))
        }
    }
}
