import Configuration
import Glibc

/// The mean of the models' directions on a sphere, tensor by tensor.
///
/// It is the point from which the squared angles to all models add up to the least. Its length is the mean of the models'
/// lengths.
///
/// Karcher: "Riemannian center of mass and mollifier smoothing" (1977). All steps stay in the span of the models, so that
/// they are done with coefficients.
struct KarcherMean: DataFreeFusionMethod {
    /// The most steps.
    var stepLimit = 10
    /// A step shorter than this, in radians, is the last; vectors not longer than this have no direction.
    var tolerance = 1e-5

    var methodName: String { "Karcher mean" }
    var needsPretrained: Bool { false }

    func problems(with models: AlignedModels) -> [String] {
        ParameterSetting(tolerance).problems("tol", of: methodName, in: Double.leastNonzeroMagnitude...Double.infinity)
            + ParameterSetting(Double(stepLimit)).problems("max_iter", of: methodName, in: 0...Double.infinity)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        if models.models.count == 1 {
            return .model(models.weightedSum(Array(repeating: [1], count: models.parameters.count)))
        }
        let weights = try models.gramMatrices(in: context).map { coefficients($0).map { Float($0) } }
        return .model(models.weightedSum(weights))
    }

    /// The coefficients of the mean.
    func coefficients(_ gram: GramMatrix) -> [Double] {
        let norms = (0..<gram.count).map(gram.norm)
        let valid = norms.indices.filter { norms[$0] > tolerance }
        guard let first = valid.first else { return norms.map { _ in 0 } }
        // A unit vector is given by one coefficient: 1/‖a‖.
        let share = 1 / Double(valid.count)
        var mean = [Double](repeating: 0, count: gram.count)
        for index in valid { mean[index] = share / norms[index] }
        let length = gram.norm(mean)
        if length < tolerance {
            mean = mean.indices.map { $0 == first ? 1 / norms[first] : 0 }
        } else {
            mean = mean.map { $0 / length }
        }
        for _ in 0..<stepLimit {
            let tangent = tangent(at: mean, valid, norms, gram)
            let step = gram.norm(tangent)
            if step < tolerance { break }
            mean = zip(mean, tangent).map { cos(step) * $0 + sin(step) / step * $1 }
            // Rounding must not add up to a length.
            let length = gram.norm(mean)
            if length > tolerance { mean = mean.map { $0 / length } }
        }
        let scale = norms.reduce(0, +) / Double(gram.count)
        return mean.map { $0 * scale }
    }

    /// The mean of the directions from a point to all models, in the tangent space there.
    private func tangent(at mean: [Double], _ valid: [Int], _ norms: [Double], _ gram: GramMatrix) -> [Double] {
        var tangent = [Double](repeating: 0, count: gram.count)
        for index in valid {
            let cosine = min(1, max(-1, gram.product(mean, with: index) / norms[index]))
            let angle = acos(cosine)
            if angle < tolerance || sin(angle) == 0 { continue }
            let factor = angle / sin(angle) / Double(valid.count)
            tangent[index] += factor / norms[index]
            for other in tangent.indices { tangent[other] -= factor * cosine * mean[other] }
        }
        return tangent
    }
}

extension TargetRegistry {
    mutating func registerKarcherMean() {
        register(
            "fusion_bench.method.KarcherAlgorithm", "fusion_bench.method.karcher.KarcherAlgorithm",
            parameters: Parameter("max_iter", default: 10), Parameter("tol", default: 1e-5)
        ) { KarcherMean(stepLimit: $0, tolerance: $1) }
    }
}
