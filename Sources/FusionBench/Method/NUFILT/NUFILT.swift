import Configuration
import Tensors

/// Merges models one after another: each new task vector goes through a filter that keeps the main directions of the merged one
/// as they are, and a learned correction of low rank gives back what the task needs of them.
///
/// Qiu et al.: "Null-space filtering for data-free continual model merging: preserving stability, promoting plasticity" (2025,
/// arXiv 2509.21413); details as in the authors' code. As there, weights of some linear layers are merged, and everything else stays the pretrained model's.
struct NUFILT: DataFreeFusionMethod {
    let filter: NullSpaceFilter
    /// Parts of the names of the layers that are merged.
    let layers: [String]
    let settings: ContinualSettings

    var methodName: String { "NUFILT" }

    func problems(with models: AlignedModels) -> [String] {
        let counts = [
            ("lora_r", filter.residualRank), ("null_r", filter.nullRank), ("grad_r", filter.taskRank),
            ("max_steps", filter.stepCount),
        ]
        let problems = counts.flatMap {
            ParameterSetting(Double($0.1)).problems($0.0, of: methodName, in: 0...Double.infinity)
        }
        guard !models.parameters.isEmpty, !models.parameters.contains(where: isMerged) else { return problems }
        return problems + [
            "\(methodName) finds no weights of linear layers whose names have one of \(layers.joined(separator: ", "))"
        ]
    }

    private func isMerged(_ parameter: AlignedParameter) -> Bool {
        LinearWeights.contains(parameter.key, parameter.input.shape) && layers.contains { parameter.key.contains($0) }
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        guard isMerged(parameter) else { return 0 }
        let shape = parameter.input.shape
        return WholeTensorMemory.values(shape, inputs: 3)
            + filter.workspaceByteCount(rows: shape.dimensions[0], columns: shape.dimensions[1])
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let order = settings.order(of: models, in: context)
        let chosen = models.restricted(to: isMerged)
        let seed = settings.seed.map { UInt64(bitPattern: Int64($0)) } ?? context.seed
        let first = chosen.copied(order[0], WeightedSumMerger(weights: [], scales: []))
        let states = try settings.states(from: first, chosen, order, in: context) { new in
            NUFILTMerger(filter: filter, seed: seed, modelName: models.modelNames[new])
        }
        return settings.result(models, order) { states[$0] }
    }
}

/// One step: the merged model and the next one.
private struct NUFILTMerger: ParameterMerger {
    let filter: NullSpaceFilter
    let seed: UInt64
    /// The name of the next model.
    let modelName: String

    var granularity: Granularity { .tensors }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws {
        guard let base = stretch.pretrained, let vectors = TaskMatrices(stretch) else { return }
        let start = filter.start(
            columns: vectors.columns,
            RandomStream(seed: seed, purpose: "nufilt/residual", name: "\(modelName)/\(stretch.name)"))
        let sum: Tensor
        do {
            sum = try filter.merged(vectors.vector(0), vectors.vector(1), start: start)
        } catch let error as LinearAlgebraError {
            throw FusionError.degenerate(method: "NUFILT", tensor: stretch.name, reason: "\(error)")
        }
        let delta = stretch.buffer(0)
        try sum.write(to: delta)
        FloatArithmetic.add(UnsafeBufferPointer(delta), weight: 1, to: base, into: merged)
    }

    func operationCount(of input: MergeInput) -> Double {
        filter.operationCount(rows: input.shape.dimensions[0], columns: input.shape.dimensions[1])
    }
}

extension TargetRegistry {
    mutating func registerNUFILT() {
        let (shuffle, seed, save, evaluate) = ContinualSettings.parameters
        register(
            "fusion_bench.method.nufilt.nufilt.NUFILT", "fusion_bench.method.NUFILT",
            parameters: Parameter("lora_r", default: 64), Parameter("null_r", default: 128),
            Parameter("grad_r", default: 8), Parameter("null_space", default: true), Parameter("lr", default: 1e-3),
            Parameter("max_steps", default: 50), Parameter("lora_layer", default: ["attn", "fc1"]), shuffle, seed,
            save, evaluate
        ) { residual, null, task, filters, rate, count, layers, shuffles, seed, saves, evaluates in
            NUFILT(
                filter: NullSpaceFilter(
                    nullRank: null, taskRank: task, residualRank: residual, filtersNullSpace: filters,
                    learningRate: rate, stepCount: count),
                layers: layers, settings: ContinualSettings(shuffles, seed, saves, evaluates))
        }
    }
}
