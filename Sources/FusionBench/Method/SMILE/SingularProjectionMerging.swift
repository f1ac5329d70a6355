import Configuration
import Tensors

/// Keeps of the first model's task vector only what lies in a part of the pretrained matrix's singular vectors, in weights of
/// linear layers; everything else is the model's own.
///
/// Tang et al.: "SMILE: zero-shot sparse mixture of low-rank experts construction from pre-trained foundation models" (2024,
/// arXiv 2408.10174): an experiment on where the knowledge of a task lies.
struct SingularProjectionMerging: DataFreeFusionMethod {
    /// How many singular vectors are low; negative for those that add up to half of the singular values.
    let count: Int
    /// Which of them are kept.
    let rank: Rank
    /// Whether high ones include those that no singular value belongs to.
    let usesFullMatrices: Bool
    let modelSavePath: String?

    /// Which singular vectors are kept.
    enum Rank: String, CaseIterable {
        case low
        case high
    }

    var methodName: String { "Singular projection merging" }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        WholeTensorMemory.byteCount(
            of: parameter.input.restricted(to: 0, named: ""),
            by: PretrainedProjection(count: count, part: .low, usesFullMatrices: usesFullMatrices))
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let part: PretrainedSubspace.Part = rank == .low ? .low : usesFullMatrices ? .highAndNull : .high
        let merger = MatrixFusionMerger(
            methodName: methodName,
            fusion: PretrainedProjection(count: count, part: part, usesFullMatrices: usesFullMatrices),
            scalingFactors: Array(repeating: 1, count: models.parameters.count))
        let name = models.modelNames[0]
        return .model(
            models.fused(merger) { parameter in
                guard LinearWeights.contains(parameter.key, parameter.input.shape) else {
                    return .copy(parameter.input.models[0], model: name)
                }
                return .merge(parameter.input.restricted(to: 0, named: name))
            })
    }
}

/// The projection of the only task vector onto a part of θ₀'s singular vectors.
private struct PretrainedProjection: MatrixFusion {
    let count: Int
    let part: PretrainedSubspace.Part
    let usesFullMatrices: Bool

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        // All singular vectors of both sides span everything.
        if part == .low, usesFullMatrices, count >= max(vectors.rows, vectors.columns) { return try vectors.vector(0) }
        return try PretrainedSubspace(of: vectors.pretrainedMatrix(), count: count)
            .projection(of: vectors.vector(0), onto: part)
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let rank = min(rows, columns)
        return SpectralCost.singularVectors(rows, columns, rank) + 2 * SpectralCost.product(rows, columns, rank)
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        WholeTensorMemory.matrices(3, rows, columns)
            + WholeTensorMemory.singularVectors(rows, columns, min(rows, columns))
    }
}

extension TargetRegistry {
    mutating func registerSingularProjectionMerging() {
        register(
            "fusion_bench.method.SingularProjectionMergingAlgorithm",
            "fusion_bench.method.smile_upscaling.SingularProjectionMergingAlgorithm",
            "fusion_bench.method.smile_upscaling.singular_projection_merging.SingularProjectionMergingAlgorithm",
            parameters: Parameter<String?>("device", default: nil), Parameter<Int>("k"),
            Parameter<Choice<SingularProjectionMerging.Rank>>("rank"), Parameter<Bool>("full_matrices", default: false),
            Parameter("model_path", default: String?.none)
        ) { _, count, rank, isFull, path in
            SingularProjectionMerging(
                count: count, rank: rank.value, usesFullMatrices: isFull, modelSavePath: path)
        }
    }
}
