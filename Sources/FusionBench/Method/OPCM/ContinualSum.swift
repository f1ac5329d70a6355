import Checkpoints
import Fabric
import Tensors

/// The task vectors that have come so far, each without what lies in the directions of those before it.
struct ContinualSum {
    private let models: AlignedModels
    private let order: [Int]
    private let isAdded: [Bool]
    private let alpha: Double
    /// The sum by names in the state dict; nil as long as it is the first task vector.
    private let tensors: [String: LazyTensor]?

    /// What messages call the sum.
    private static let name = "merged"

    /// The first task vector.
    ///
    /// - Parameters:
    ///   - models: All models.
    ///   - order: Their order.
    ///   - isAdded: For each parameter, whether later task vectors are added.
    ///   - alpha: How much of the sum of singular values is protected.
    init(_ models: AlignedModels, order: [Int], isAdded: [Bool], alpha: Double) {
        self.init(models: models, order: order, isAdded: isAdded, alpha: alpha, tensors: nil)
    }

    private init(
        models: AlignedModels, order: [Int], isAdded: [Bool], alpha: Double, tensors: [String: LazyTensor]?
    ) {
        self.models = models
        self.order = order
        self.isAdded = isAdded
        self.alpha = alpha
        self.tensors = tensors
    }

    /// The sum with the task vector of one more step.
    ///
    /// - Throws: An error of reading, merging or writing.
    func adding(_ step: Int, in context: FusionContext) throws -> ContinualSum {
        let merger = OrthogonalSumMerger(
            isAdded: isAdded,
            isProjected: models.parameters.map { LinearWeights.contains($0.key, $0.input.shape) },
            startsFromModel: tensors == nil, alpha: alpha)
        let (first, new) = (order[0], order[step])
        let model = models.fused(merger) { parameter in
            let sum = tensors?[parameter.name] ?? parameter.input.models[first]
            return .merge(
                MergeInput(
                    number: parameter.input.number, key: parameter.key, shape: parameter.input.shape,
                    pretrained: parameter.input.pretrained, models: [sum, parameter.input.models[new]],
                    modelNames: [tensors == nil ? models.modelNames[first] : Self.name, models.modelNames[new]]))
        }
        let stored = try model.stored(as: "merged_task_vector_\(step)", modelNames: models.modelNames, in: context)
        return ContinualSum(models: models, order: order, isAdded: isAdded, alpha: alpha, tensors: stored)
    }

    /// ‖sum‖² of each parameter.
    ///
    /// - Throws: An error of reading.
    func squaredNorms(in context: FusionContext) throws -> [Double] {
        let inputs = models.parameters.map { input($0, []) }
        let pass = StretchPass(
            inputs: inputs, granularity: .elements, modelNames: [Self.name], context: context)
        return try pass.sums("norms", count: 1) { stretch in
            stretch.models.map { FloatArithmetic.dotProduct($0, $0) }
        }.map { $0[0] }
    }

    /// θ₀ + factor·sum, with a factor for each parameter.
    func model(factors: [Float]) -> FusedModel {
        models.fused(
            WeightedSumMerger(
                weights: factors.map { [1, $0] }, scales: Array(repeating: 1, count: factors.count))
        ) { .merge(input($0, $0.input.pretrained.map { [($0, ModelPool.pretrainedName)] } ?? [])) }
    }

    /// Some tensors and the sum.
    private func input(_ parameter: AlignedParameter, _ others: [(LazyTensor, String)]) -> MergeInput {
        let sum = tensors?[parameter.name] ?? parameter.input.models[order[0]]
        return MergeInput(
            number: parameter.input.number, key: parameter.key, shape: parameter.input.shape, pretrained: nil,
            models: others.map(\.0) + [sum], modelNames: others.map(\.1) + [Self.name])
    }
}

/// sum + τ, where τ loses what lies in directions of the sum; both are task vectors.
private struct OrthogonalSumMerger: ParameterMerger {
    /// For each parameter, whether anything is added at all.
    let isAdded: [Bool]
    /// For each parameter, whether τ is projected before.
    let isProjected: [Bool]
    /// Whether the first tensor is a model, whose task vector is the sum.
    let startsFromModel: Bool
    let alpha: Double

    var granularity: Granularity { .tensors }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws {
        guard let base = stretch.pretrained else { return }
        if startsFromModel {
            FloatArithmetic.subtract(base, from: stretch.models[0], into: merged)
        } else {
            FloatArithmetic.scale(stretch.models[0], by: 1, into: merged)
        }
        guard isAdded[stretch.parameter] else { return }
        let added = stretch.buffer(0)
        FloatArithmetic.subtract(base, from: stretch.models[1], into: added)
        if isProjected[stretch.parameter] {
            let sum = try Tensor(copying: UnsafeRawBufferPointer(merged), shape: stretch.shape, dtype: .float32)
            let vector = try Tensor(copying: UnsafeRawBufferPointer(added), shape: stretch.shape, dtype: .float32)
            try projected(vector.converted(to: .float64), apartFrom: sum.converted(to: .float64)).write(to: added)
        }
        FloatArithmetic.accumulate(UnsafeBufferPointer(added), weight: 1, into: merged)
    }

    /// τ − U·(C ⊙ Uᵀ·τ·V)·Vᵀ with the singular vectors of the sum, where C is 1 on the diagonal and for both of the first
    /// `split` vectors.
    private func projected(_ vector: Tensor, apartFrom sum: Tensor) throws -> Tensor {
        let parts = try sum.leadingSingularVectors()
        guard parts.count > 0 else { return vector }
        let split = protectedCount(parts.values)
        let coordinates = parts.left.matrixProduct(vector).matrixProduct(parts.right, transposesOther: true)
        var taken = coordinates.array(of: Double.self)
        for row in 0..<parts.count {
            for column in 0..<parts.count where row != column && max(row, column) >= split {
                taken[row * parts.count + column] = 0
            }
        }
        let common = parts.left.matrixProduct(
            try Tensor(taken, shape: coordinates.shape).matrixProduct(parts.right), transposesSelf: true)
        return vector - common
    }

    /// The index of the first singular value at which more than alpha of the sum of all is reached; 0 if none does.
    private func protectedCount(_ values: [Double]) -> Int {
        let limit = alpha * values.reduce(0, +)
        var sum = 0.0
        return values.firstIndex {
            sum += $0
            return sum > limit
        } ?? 0
    }

    func operationCount(of input: MergeInput) -> Double {
        guard isProjected[input.number] else { return 0 }
        let (rows, columns) = (input.shape.dimensions[0], input.shape.dimensions[1])
        let rank = min(rows, columns)
        return SpectralCost.singularVectors(rows, columns, rank) + 2 * SpectralCost.product(rows, columns, rank)
            + 2 * SpectralCost.product(rank, rank, max(rows, columns))
    }
}
