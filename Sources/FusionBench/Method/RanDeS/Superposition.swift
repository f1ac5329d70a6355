import Checkpoints
import Models
import Tensors

/// What all methods of RanDeS have in common: layers of all models, each times a random matrix, in one sum, from which each
/// model's come back with the others as noise: (Σₛ Wₛ·Mₛ)·Mₜ⁻¹.
///
/// Zhou et al.: "RanDeS: randomized delta superposition for multi-model compression" (2025, arXiv 2505.11204).
struct Superposition: Sendable {
    let mode: SuperpositionMatrices.Mode
    let kinds: [LayerKind]
    let seed: UInt64
    let differsAcrossLayers: Bool
    /// By how many places the layers of each model are shifted against those of the one before; −1 shuffles them.
    let shiftedLayers: Int
    /// Of the layers that are wanted, only each such one is superposed.
    let interval: Int

    /// The matrices for models of these names.
    func matrices(_ models: [String]) -> SuperpositionMatrices {
        SuperpositionMatrices(mode: mode, seed: seed, differsAcrossLayers: differsAcrossLayers, models: models)
    }

    /// Which layers are superposed, and where.
    func layers(_ names: [String], models: [String]) -> SuperpositionLayers {
        let shift =
            shiftedLayers == -1 ? LayerShift.shuffled(seed: seed, models: models) : LayerShift.steps(shiftedLayers)
        return SuperpositionLayers(names, kinds: kinds, interval: interval, shift: shift, models: models.count)
    }

    /// What is wrong with shifts of layers of these names and shapes.
    func problems(of method: String, _ shapes: [(name: String, shape: Shape)], models: [String]) -> [String] {
        let layers = layers(shapes.map(\.name), models: models)
        var problems = layers.missing.prefix(3).map {
            "\(method) shifts a layer to '\($0)', which the models do not have"
        }
        let known = Dictionary(shapes.map { ($0.name, $0.shape) }) { first, _ in first }
        for (name, shape) in shapes {
            for model in models.indices where problems.count < 3 {
                let source = layers.source(at: name, model: model)
                guard let other = known[source], other != shape else { continue }
                problems.append("\(method) shifts '\(source)' \(other) to '\(name)' \(shape), which has another shape")
            }
        }
        return Array(Set(problems)).sorted()
    }

    /// The sums of the layers of all models, or of their task vectors.
    ///
    /// - Parameters:
    ///   - models: The models.
    ///   - ofTaskVectors: Whether task vectors are superposed.
    ///   - context: What surrounds the fusion.
    /// - Returns: The sums by the names of parameters in the state dict.
    /// - Throws: An error of reading, of linear algebra or of writing.
    func sums(
        _ models: AlignedModels, ofTaskVectors: Bool, in context: FusionContext
    ) throws -> [String: LazyTensor] {
        let layers = layers(Self.names(models), models: models.modelNames)
        let inputs = Dictionary(models.parameters.map { ($0.key, $0.input) }) { first, _ in first }
        let merger = SuperpositionMerger(
            matrices: matrices(models.modelNames), targets: layers.targets, modelCount: models.models.count)
        let sum = models.fused(merger) { parameter in
            let sources = models.models.indices.map {
                inputs[layers.source(at: parameter.key, model: $0)] ?? parameter.input
            }
            let tensors = sources.enumerated().map { $1.models[$0] }
            let bases = sources.compactMap(\.pretrained)
            let isAtHome = sources.allSatisfy { $0.key == parameter.key }
            // Messages tell the tensor that is read, which may be that of another layer.
            let names = zip(models.modelNames, sources).map { $1.key == parameter.key ? $0 : "\($0): \($1.key)" }
            let extra = ofTaskVectors && !isAtHome ? bases : []
            return .merge(
                MergeInput(
                    number: parameter.input.number, key: parameter.key, shape: parameter.input.shape,
                    pretrained: ofTaskVectors && isAtHome ? parameter.input.pretrained : nil, models: tensors + extra,
                    modelNames: names + extra.map { _ in ModelPool.pretrainedName }))
        }
        return try sum.stored(as: "superposition", modelNames: models.modelNames, in: context)
    }

    /// The bytes that a thread holds for a layer that it needs as a whole, roughly; 0 if it is cut.
    func wholeTensorByteCount(_ input: MergeInput) -> Int {
        guard matrices([]).isWhole else { return 0 }
        let columns = max(1, input.shape.dimensions.last ?? 1)
        let rows = input.shape.elementCount / columns
        // Shifted task vectors have a pretrained tensor each.
        let inputs = shiftedLayers == 0 ? input.models.count + 1 : 2 * input.models.count
        return WholeTensorMemory.values(input.shape, inputs: inputs) + WholeTensorMemory.matrices(2, rows, columns)
            + matrixByteCount(columns: columns)
    }

    /// The bytes of a random matrix while it is made, roughly.
    func matrixByteCount(columns: Int) -> Int {
        matrices([]).isWhole ? WholeTensorMemory.matrices(5, columns, columns) : 0
    }

    /// The names of parameters in the order in which PyTorch lists them, where that is known.
    static func names(_ models: AlignedModels) -> [String] {
        let keys = models.parameters.map(\.key)
        guard let order = try? models.template.visionConfiguration()?.parameterNames else { return keys }
        let known = Set(keys)
        let ordered = order.filter(known.contains)
        let rest = Set(ordered)
        return ordered + keys.filter { !rest.contains($0) }
    }
}

/// Σₛ Wₛ·Mₛ of layers that are targets, Σₛ Wₛ of others; of task vectors, if there are pretrained tensors.
private struct SuperpositionMerger: ParameterMerger {
    let matrices: SuperpositionMatrices
    let targets: Set<String>
    /// The tensors behind those of the models are pretrained ones, one for each model.
    let modelCount: Int

    var granularity: Granularity { matrices.isWhole ? .tensors : .rows }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws {
        merged.update(repeating: 0)
        let columns = max(1, stretch.shape.dimensions.last ?? 1)
        let values = stretch.buffer(0)
        for model in 0..<modelCount {
            let base = stretch.models.count > modelCount ? stretch.models[modelCount + model] : stretch.pretrained
            if let base {
                FloatArithmetic.subtract(base, from: stretch.models[model], into: values)
            } else {
                FloatArithmetic.scale(stretch.models[model], by: 1, into: values)
            }
            if targets.contains(stretch.name) {
                try matrices.multiply(values, columns: columns, model: model, layer: stretch.name, inverted: false)
            }
            FloatArithmetic.accumulate(UnsafeBufferPointer(values), weight: 1, into: merged)
        }
    }

    func operationCount(of input: MergeInput) -> Double {
        targets.contains(input.key) ? Double(modelCount) * matrices.operationCount(input.shape) : 0
    }
}

/// λ·S·Mₜ⁻¹ of layers that are targets, λ·S of others; θ₀ is added if there is one.
struct RetrievalMerger: ParameterMerger {
    let matrices: SuperpositionMatrices
    /// The number of the model that is taken back.
    let model: Int
    /// For each parameter, the place in the superposition that it comes from; nil for one without a matrix.
    let places: [String?]
    /// λ of each parameter.
    let factors: [Float]

    var granularity: Granularity { matrices.isWhole ? .tensors : .rows }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws {
        guard let sum = stretch.models.first else { return }
        let values = stretch.buffer(0)
        FloatArithmetic.scale(sum, by: 1, into: values)
        if let place = places[stretch.parameter] {
            let columns = max(1, stretch.shape.dimensions.last ?? 1)
            try matrices.multiply(values, columns: columns, model: model, layer: place, inverted: true)
        }
        let factor = factors[stretch.parameter]
        if let base = stretch.pretrained {
            FloatArithmetic.add(UnsafeBufferPointer(values), weight: factor, to: base, into: merged)
        } else {
            FloatArithmetic.scale(UnsafeBufferPointer(values), by: factor, into: merged)
        }
    }

    func operationCount(of input: MergeInput) -> Double {
        places[input.number] == nil ? 0 : matrices.operationCount(input.shape)
    }
}
