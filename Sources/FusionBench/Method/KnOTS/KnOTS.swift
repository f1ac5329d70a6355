import Checkpoints
import Configuration
import Tensors

/// Brings the task vectors of each matrix into one basis, merges what they are there by another method, and takes the result
/// back: [τ₁ … τ_T] = U·Σ·[V₁ … V_T]ᵀ, θ₀ + U·merge(Σ·V₁ᵀ, …, Σ·V_Tᵀ).
///
/// Stoica et al.: "Model merging with SVD to tie the knots" (2025, arXiv 2410.19735). Task vectors of low rank, such as those
/// of LoRA adapters, share few directions; in the common basis, entries at one place mean the same for all tasks.
struct KnOTS: DataFreeFusionMethod {
    /// What merges the aligned task vectors.
    let base: any DataFreeFusionMethod
    /// Directions whose singular value is not above this are left out.
    let leastSingularValue: Double
    /// Whether parameters that are not aligned are merged as they are; otherwise they stay the pretrained model's.
    let mergesOthers: Bool
    /// Names of matrices that are not aligned.
    let excludedKeys: Set<String>

    /// What messages call what the other method makes.
    static let mergedName = "merged"

    var methodName: String { "KnOTS with \(base.methodName)" }
    var modelCounts: ClosedRange<Int> { base.modelCounts }

    func problems(with models: AlignedModels) -> [String] {
        var problems = ParameterSetting(leastSingularValue).problems(
            "min_singular_value", of: "KnOTS", in: 0...Double.infinity)
        if !base.needsPretrained {
            problems.append("KnOTS merges task vectors; \(base.methodName) does without the pretrained model")
        }
        if base.takesSpecialModels {
            problems.append("KnOTS cannot align models for \(base.methodName)")
        }
        return problems.isEmpty ? base.problems(with: models) : problems
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        let shape = parameter.input.shape
        guard isAligned(parameter) else { return 0 }
        let merging =
            WholeTensorMemory.values(shape, inputs: 2)
            + WholeTensorMemory.matrices(2, shape.dimensions[0], shape.dimensions[1])
        return max(TaskFactors(parameter.input).byteCount, merging)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let components = try AlignedComponents(
            models.restricted(to: isAligned), above: leastSingularValue, in: context)
        let aligned = try merged(components.models, as: "merged_components", in: context)
        let rest = models.restricted { !isAligned($0) }
        let others = mergesOthers ? try merged(rest, as: "merged_others", in: context) : [:]
        var ranks = [Int](repeating: 0, count: models.parameters.count)
        let contents = try models.parameters.map { parameter -> FusedParameter.Content in
            guard let base = parameter.input.pretrained else { return .merge(parameter.input) }
            if let basis = components.bases[parameter.key], let component = aligned[parameter.name] {
                guard component.shape == [basis.shape.dimensions[0], parameter.input.shape.dimensions[1]] else {
                    throw FusionError.degenerate(
                        method: methodName, tensor: parameter.key,
                        reason: "\(self.base.methodName) does not merge their aligned task vectors")
                }
                ranks[parameter.input.number] = component.shape.dimensions[0]
                return .merge(product(basis, component, parameter.input))
            }
            return .copy(others[parameter.name] ?? base, model: ModelPool.pretrainedName)
        }
        return .model(models.fused(BasisMerger(ranks: ranks)) { contents[$0.input.number] })
    }

    /// Whether a parameter is aligned: the weight of a linear layer.
    private func isAligned(_ parameter: AlignedParameter) -> Bool {
        LinearWeights.contains(parameter.key, parameter.input.shape) && !excludedKeys.contains(parameter.key)
    }

    /// What the other method makes of some parameters, by their names in the state dict.
    private func merged(
        _ models: AlignedModels, as name: String, in context: FusionContext
    ) throws -> [String: LazyTensor] {
        guard !models.parameters.isEmpty else { return [:] }
        let result = try base.fuse(models, in: context).models
        guard result.count == 1, var merged = result.first?.model else {
            throw FusionError.several(["\(methodName) merges into one model, not \(result.count)"])
        }
        let names = Set(models.parameters.map(\.name))
        merged.parameters.removeAll { !names.contains($0.name) }
        return try merged.stored(as: name, modelNames: models.modelNames, in: context)
    }

    /// θ₀, and the merged task vector, which is computed where it is read.
    private func product(_ basis: LazyTensor, _ component: LazyTensor, _ input: MergeInput) -> MergeInput {
        let delta = LazyTensor(
            dtype: .float32, shape: input.shape, source: BasisProduct(basis: basis, components: component))
        return MergeInput(
            number: input.number, key: input.key, shape: input.shape, pretrained: input.pretrained, models: [delta],
            modelNames: [Self.mergedName])
    }
}

/// θ₀ + the only tensor.
private struct BasisMerger: ParameterMerger {
    /// For each parameter, the number of directions.
    let ranks: [Int]

    var granularity: Granularity { .tensors }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained, let delta = stretch.models.first else { return }
        FloatArithmetic.add(delta, weight: 1, to: base, into: merged)
    }

    func operationCount(of input: MergeInput) -> Double {
        SpectralCost.product(input.shape.dimensions[0], input.shape.dimensions[1], ranks[input.number])
    }
}

extension TargetRegistry {
    mutating func registerKnOTS() {
        register(
            "fusion_bench.method.knots.KnOTSMerging", "fusion_bench.method.KnOTSMerging",
            parameters: Parameter<ConfigurationValue>("base_method"), Parameter("min_singular_value", default: 1e-5),
            Parameter("merge_other_params", default: true), Parameter("exclude_keys", default: [String]?.none)
        ) { base, least, mergesOthers, excluded in
            let object = try Instantiator(.fusionBench).instantiate(base, legacy: .method, recursive: false)
            guard let method = object as? any DataFreeFusionMethod else {
                throw ConfigurationError(
                    .unexpectedType(
                        key: base.path, expected: "a method that merges task vectors without data",
                        found: "another object"),
                    at: base.origin)
            }
            return KnOTS(
                base: method, leastSingularValue: least, mergesOthers: mergesOthers,
                excludedKeys: Set(excluded ?? []))
        }
    }
}
