import Configuration
import Glibc
import Tensors

/// A point on the arc between two models, tensor by tensor:
/// sin((1 − t)Ω)/sin Ω · θ₁ + sin(tΩ)/sin Ω · θ₂, where Ω is the angle between the tensors.
///
/// Shoemake: "Animating rotation with quaternion curves" (1985). The pretrained model counts as one of the two if it is in
/// the pool.
struct Slerp: DataFreeFusionMethod {
    /// t, from 0 for the first model to 1 for the second.
    let position: ParameterSetting
    /// Above this |cosine|, tensors count as parallel and are interpolated along the line.
    var parallelCosine = 0.9995
    /// Tensors whose norm is not above this are not normalised.
    var epsilon = 1e-8

    var methodName: String { "Slerp" }
    var needsPretrained: Bool { false }
    var takesSpecialModels: Bool { true }
    var modelCounts: ClosedRange<Int> { 2...2 }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let keys = models.parameters.map(\.key)
        let positions = position.values(for: keys, fallback: 0.5)
        let products = try models.pass(.elements, in: context).sums("angles", count: 3) { stretch in
            let (first, second) = (stretch.models[0], stretch.models[1])
            return [
                FloatArithmetic.dotProduct(first, second), FloatArithmetic.dotProduct(first, first),
                FloatArithmetic.dotProduct(second, second),
            ]
        }
        let weights = zip(products, positions).map { self.weights($0, at: Double($1)) }
        return .model(
            models.fused(WeightedSumMerger(weights: weights, scales: Array(repeating: 1, count: keys.count))))
    }

    /// The weights of both tensors.
    ///
    /// - Parameters:
    ///   - products: ⟨θ₁, θ₂⟩, ⟨θ₁, θ₁⟩ and ⟨θ₂, θ₂⟩.
    ///   - position: t.
    /// - Returns: That of the first tensor, and that of the second.
    private func weights(_ products: [Double], at position: Double) -> [Float] {
        func norm(_ square: Double) -> Double { square.squareRoot() > epsilon ? square.squareRoot() : 1 }
        let cosine = products[0] / (norm(products[1]) * norm(products[2]))
        guard abs(cosine) <= parallelCosine else { return [Float(1 - position), Float(position)] }
        let angle = acos(cosine)
        return [Float(sin((1 - position) * angle) / sin(angle)), Float(sin(position * angle) / sin(angle))]
    }
}

extension TargetRegistry {
    mutating func registerSlerp() {
        register(
            "fusion_bench.method.SlerpMergeAlgorithm", "fusion_bench.method.slerp.SlerpMergeAlgorithm",
            "fusion_bench.method.slerp.slerp.SlerpMergeAlgorithm", parameters: Parameter<ParameterSetting>("t"),
            Parameter("DOT_THRESHOLD", default: 0.9995), Parameter("epsilon", default: 1e-8)
        ) { Slerp(position: $0, parallelCosine: $1, epsilon: $2) }
    }
}
