import Configuration
import Glibc
import Tensors

/// Moves from the mean of the models towards the pretrained one, as far as the angles between task vectors say, tensor by
/// tensor: r·mean(θₜ) + (1 − r)·θ₀ with r = T·cos φ / ((T − 1)·cos φ + 1).
///
/// Jang et al.: "Model Stock: all we need is just a few fine-tuned models" (2024, arXiv 2403.19522). φ is the mean of the
/// angles of all pairs, as in FusionBench.
struct ModelStock: DataFreeFusionMethod {
    /// Names of parameters that get the mean of the models.
    let ignoredKeys: Set<String>
    let modelSavePath: String?
    let modelSaveArguments: ConfigurationValue?

    /// What keeps denominators from being 0.
    private static let epsilon = 1e-8

    var methodName: String { "Model Stock" }
    var modelCounts: ClosedRange<Int> { 2...Int.max }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let ratios = zip(models.parameters, try models.gramMatrices(in: context)).map { parameter, products in
            ignoredKeys.contains(parameter.key) ? 1 : ratio(products)
        }
        return .model(models.fused(ModelStockMerger(ratios: ratios)))
    }

    /// r of one tensor.
    private func ratio(_ products: GramMatrix) -> Double {
        var angle = 0.0
        for first in 0..<products.count {
            for second in first + 1..<products.count {
                let norms = products.norm(first) * products.norm(second)
                let cosine = products[first, second] / (norms + Self.epsilon)
                angle += acos(min(max(cosine, -1), 1))
            }
        }
        let count = Double(products.count)
        let cosine = cos(angle / (count * (count - 1) / 2))
        return count * cosine / ((count - 1) * cosine + 1 + Self.epsilon)
    }
}

/// r·mean(θₜ) + (1 − r)·θ₀.
private struct ModelStockMerger: ParameterMerger {
    /// r of each parameter.
    let ratios: [Double]

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained else { return }
        let ratio = ratios[stretch.parameter]
        let share = Float(ratio / Double(stretch.models.count))
        FloatArithmetic.weightedSum(
            stretch.models + [base], weights: stretch.models.map { _ in share } + [Float(1 - ratio)], into: merged)
    }
}

extension TargetRegistry {
    mutating func registerModelStock() {
        register(
            "fusion_bench.method.model_stock.ModelStock", "fusion_bench.method.ModelStock",
            "fusion_bench.method.model_stock.model_stock.ModelStock",
            parameters: Parameter("ignore_keys", default: [String]?.none),
            Parameter("model_save_path", default: String?.none),
            Parameter("model_save_kwargs", default: ConfigurationValue?.none)
        ) { keys, path, arguments in
            ModelStock(ignoredKeys: Set(keys ?? []), modelSavePath: path, modelSaveArguments: arguments)
        }
    }
}
