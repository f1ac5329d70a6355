import Checkpoints
import Tensors

/// A matrix with an adapter of each model.
struct AdaptedModule: Sendable {
    /// The name of the matrix.
    let key: String
    let deltas: [LowRankDelta]
    private let shape: Shape

    init(_ parameter: AlignedParameter, _ deltas: [LowRankDelta]) {
        key = parameter.key
        shape = parameter.input.shape
        self.deltas = deltas
    }

    /// The names of the factors, as adapters have them: A first.
    var names: (a: String, b: String) {
        let module = key.hasSuffix(".weight") ? String(key.dropLast(".weight".count)) : key
        return (module + ".lora_A.weight", module + ".lora_B.weight")
    }

    /// Names and shapes of both factors.
    var layers: [(name: String, shape: Shape)] {
        let rank = deltas.first?.rank ?? 0
        return [(names.a, [rank, shape.dimensions[1]]), (names.b, [shape.dimensions[0], rank])]
    }

    /// What reads the factors of each model, by their names.
    var factors: [(String, AdapterSuperposition.Factor)] {
        [
            (names.a, AdapterSuperposition.Factor(deltas: deltas, isLeft: false)),
            (names.b, AdapterSuperposition.Factor(deltas: deltas, isLeft: true)),
        ]
    }
}

/// The factors of the adapters of all models, superposed.
struct AdapterSuperposition: Sendable {
    /// One factor, of each model.
    struct Factor: Sendable {
        let deltas: [LowRankDelta]
        let isLeft: Bool

        /// The factor of a model in `float64`, without the scale.
        func matrix(_ model: Int) throws -> Tensor {
            let factors = try deltas[model].unscaledFactors()
            return isLeft ? factors.left : factors.right
        }
    }

    let matrices: SuperpositionMatrices
    let layers: SuperpositionLayers
    /// By the names that adapters have for them.
    let factors: [String: Factor]
    /// Whether products are multiplied by the adapters' own scales.
    let scales: Bool

    /// What comes back of a module for a model: B̂·Â `[m, n]` in `float64`.
    ///
    /// - Throws: An error of reading or of linear algebra.
    func product(_ module: AdaptedModule, task: Int) throws -> Tensor {
        let (a, b) = (try retrieved(module.names.a, task: task), try retrieved(module.names.b, task: task))
        return b.matrixProduct(a, scale: scales ? module.deltas[task].scale : 1)
    }

    private func retrieved(_ layer: String, task: Int) throws -> Tensor {
        let place = layers.place(of: layer, model: task)
        let isTarget = layers.targets.contains(place)
        var sum: Tensor?
        for model in matrices.models.indices {
            guard let factor = factors[layers.source(at: place, model: model)] else { continue }
            var matrix = try factor.matrix(model)
            if isTarget { matrix = try matrices.product(matrix, model: model, layer: place, inverted: false) }
            sum = sum.map { $0 + matrix } ?? matrix
        }
        guard let sum else { throw FusionError.several(["There is no adapter at '\(place)'"]) }
        return isTarget ? try matrices.product(sum, model: task, layer: place, inverted: true) : sum
    }
}

/// What comes back of an adapter, computed where it is read.
struct RetrievedAdapter: TensorSource {
    let adapters: AdapterSuperposition
    let module: AdaptedModule
    let task: Int

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        let product = try adapters.product(module, task: task).converted(to: .float32)
        product.withBytes { whole in
            let start = elements.lowerBound * MemoryLayout<Float>.stride
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[start..<start + bytes.count]))
        }
    }
}
