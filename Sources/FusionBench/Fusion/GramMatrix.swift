import Tensors

/// The scalar products of vectors with each other: enough to compute with what they span, without the vectors.
///
/// What is spanned is given by its coefficients, one for each vector.
struct GramMatrix: Sendable {
    /// The products of vector i with vectors 0 to i, for each i.
    private let products: [Double]
    /// The number of vectors.
    let count: Int

    init(products: [Double], count: Int) {
        self.products = products
        self.count = count
    }

    /// ⟨aᵢ, aⱼ⟩.
    subscript(first: Int, second: Int) -> Double {
        let (low, high) = (min(first, second), max(first, second))
        return products[high * (high + 1) / 2 + low]
    }

    /// ‖aᵢ‖.
    func norm(_ index: Int) -> Double { max(0, self[index, index]).squareRoot() }

    /// ⟨x, y⟩ of two vectors that are given by their coefficients.
    func product(_ x: [Double], _ y: [Double]) -> Double {
        var sum = 0.0
        for first in 0..<count {
            for second in 0..<count { sum += x[first] * y[second] * self[first, second] }
        }
        return sum
    }

    /// ‖x‖ of a vector that is given by its coefficients.
    func norm(_ x: [Double]) -> Double { max(0, product(x, x)).squareRoot() }

    /// ⟨x, aᵢ⟩.
    func product(_ x: [Double], with index: Int) -> Double {
        (0..<count).reduce(0) { $0 + x[$1] * self[$1, index] }
    }
}

extension AlignedModels {
    /// The scalar products of the models' tensors, or of their task vectors if there is a pretrained model; in one pass.
    ///
    /// - Returns: A matrix for each parameter.
    /// - Throws: An error of reading.
    func gramMatrices(in context: FusionContext) throws -> [GramMatrix] {
        let count = models.count
        return try pass(.elements, in: context).sums("scalar products", count: count * (count + 1) / 2) { stretch in
            (0..<count).flatMap { first in
                (0...first).map { second in
                    guard let base = stretch.pretrained else {
                        return FloatArithmetic.dotProduct(stretch.models[first], stretch.models[second])
                    }
                    return FloatArithmetic.dotProduct(stretch.models[first], stretch.models[second], base: base)
                }
            }
        }.map { GramMatrix(products: $0, count: count) }
    }

    /// The model of weighted sums of the models' tensors; or of their task vectors, added to the pretrained model.
    ///
    /// - Parameter weights: For each parameter, the weight of each model.
    /// - Returns: The description of the model.
    func weightedSum(_ weights: [[Float]]) -> FusedModel {
        let ones = [Float](repeating: 1, count: weights.count)
        guard pretrained != nil else { return fused(WeightedSumMerger(weights: weights, scales: ones)) }
        return fused(TaskVectorMerger(weights: weights, scalingFactors: ones))
    }
}
