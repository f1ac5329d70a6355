import Configuration
import Tensors

/// Adds the main directions in which each model differs from the average to the average, which hinder one another less than
/// differences from the pretrained model do: θ̄ + λ·Σ SVDₖ(θₜ − θ̄).
///
/// Choi et al.: "Revisiting weight averaging for model merging" (2024, arXiv 2412.12153), CART. As in the authors' code, it is for
/// weights of linear layers, and everything else is averaged.
struct CenteredArithmetic: DataFreeFusionMethod {
    /// λ.
    let scalingFactor: ParameterSetting
    /// The share of all directions of a matrix that is kept of each model's difference.
    let rankRatio: Double
    /// Names of matrices that are averaged only.
    let excludedKeys: Set<String>

    var methodName: String { "CART" }

    func problems(with models: AlignedModels) -> [String] {
        ParameterSetting(rankRatio).problems("rank_ratio", of: methodName, in: 0...1)
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        guard LinearWeights.contains(parameter.key, parameter.input.shape) else {
            return WholeTensorMemory.values(parameter.input.shape, inputs: parameter.input.models.count + 1)
        }
        return WholeTensorMemory.byteCount(
            of: parameter.input, by: CenteredLowRankSum(scalingFactors: [], rankRatio: rankRatio))
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        let keys = models.parameters.map(\.key)
        let averaged = models.parameters.filter { !LinearWeights.contains($0.key, $0.input.shape) }.map(\.key)
        return .model(
            models.fused(
                MatrixFusionMerger(
                    methodName: methodName,
                    fusion: CenteredLowRankSum(
                        scalingFactors: scalingFactor.numbers(for: keys, fallback: 1), rankRatio: rankRatio),
                    scalingFactors: Array(repeating: 1, count: keys.count),
                    excludedKeys: excludedKeys.union(averaged))))
    }
}

/// mean(τ) + λ·Σ SVDₖ(τₜ − mean(τ)).
struct CenteredLowRankSum: MatrixFusion {
    /// λ of each parameter.
    let scalingFactors: [Double]
    let rankRatio: Double

    /// k: rounded down, but at least one direction, unless none is wanted.
    private func count(_ rank: Int) -> Int { rankRatio > 0 ? max(1, Int(Double(rank) * rankRatio)) : 0 }

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let mean = try vectors.sum().scaled(by: 1 / Double(vectors.count))
        let count = count(vectors.rank)
        // The differences from the mean are 0 together.
        guard count < vectors.rank else { return mean }
        var merged = mean
        for task in 0..<vectors.count {
            let centered = try vectors.vector(task) - mean
            merged.accumulate(
                try centered.leadingSingularVectors(count).product, weight: scalingFactors[vectors.parameter])
        }
        return merged
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        let rank = min(rows, columns)
        let count = count(rank)
        guard count < rank else { return 0 }
        return Double(models)
            * (SpectralCost.singularVectors(rows, columns, count) + SpectralCost.product(rows, columns, count))
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        // The mean, the sum, a difference and its largest part.
        WholeTensorMemory.matrices(4, rows, columns)
            + WholeTensorMemory.singularVectors(rows, columns, count(min(rows, columns)))
    }
}

extension TargetRegistry {
    mutating func registerCenteredArithmetic() {
        register(
            "fusion_bench.method.CARTMerging", "fusion_bench.method.cart.CARTMerging",
            parameters: Parameter("scaling_factor", default: ParameterSetting(1)),
            Parameter("rank_ratio", default: 0.08), Parameter("exclude_keys", default: [String]?.none)
        ) { factor, ratio, excluded in
            CenteredArithmetic(scalingFactor: factor, rankRatio: ratio, excludedKeys: Set(excluded ?? []))
        }
    }
}
