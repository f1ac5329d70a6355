import OrderedCollections
import Tensors

/// A LoRA adapter: factors whose products are added to weights of a base, and tensors that replace some of the base.
///
/// See <https://huggingface.co/docs/peft/developer_guides/checkpoint> for the names of the tensors.
public struct LoRAAdapter: Sendable {
    /// Ranks and scales.
    public let configuration: LoRAConfiguration
    /// The tensors of `adapter_model.safetensors` or `adapter_model.bin`.
    public let tensors: LazyStateDict

    /// An adapter from its two files.
    public init(configuration: LoRAConfiguration, tensors: LazyStateDict) {
        self.configuration = configuration
        self.tensors = tensors
    }

    /// A base with the adapter in it, as PEFT's `merge_and_unload` gives it.
    ///
    /// A weight `W` with the factors `A` and `B` becomes `W + scale · B · A`. That is computed for the elements that are
    /// asked for, in 64 bits, and rounded once to the base's type.
    ///
    /// | Weight | `A` | `B` |
    /// |---|---|---|
    /// | linear layer `[outputs, inputs]` | `[rank, inputs]` | `[outputs, rank]` |
    /// | GPT-2's linear layer `[inputs, outputs]` | `[rank, inputs]` | `[outputs, rank]` |
    /// | embedding `[tokens, width]` | `[rank, tokens]` | `[width, rank]` |
    /// | convolution `[outputs, inputs, kernel…]` | `[rank, inputs, kernel…]` | `[outputs, rank, 1…]` |
    ///
    /// - Parameter base: The model that the adapter was trained on.
    /// - Returns: The base's tensors in their order, with their types and shapes.
    /// - Throws: `CheckpointError.invalidAdapter` with every tensor of the adapter that has no place in the base or does not
    ///   fit there.
    public func merged(into base: LazyStateDict) throws(CheckpointError) -> LazyStateDict {
        var merge = AdapterMerge(configuration: configuration, base: base)
        for (name, tensor) in tensors.tensors { merge.sort(name, tensor) }
        merge.replaceTensors()
        merge.addProducts()
        guard merge.problems.isEmpty else { throw .invalidAdapter(path: tensors.path, problems: merge.problems) }
        return LazyStateDict(tensors: merge.result, metadata: base.metadata, path: tensors.path)
    }
}

/// The work of putting an adapter into a base.
private struct AdapterMerge {
    let configuration: LoRAConfiguration
    var result: OrderedDictionary<String, LazyTensor>
    var problems: [AdapterProblem] = []

    private var replacements: OrderedDictionary<String, (name: String, tensor: LazyTensor)> = [:]
    private var factors: OrderedDictionary<String, Factors> = [:]

    private struct Factors {
        var a: LazyTensor?
        var b: LazyTensor?
        let isEmbedding: Bool
    }

    init(configuration: LoRAConfiguration, base: LazyStateDict) {
        self.configuration = configuration
        result = base.tensors
    }

    mutating func sort(_ name: String, _ tensor: LazyTensor) {
        switch AdapterTensorName(name) {
        case .original: break
        case .unknown: problems.append(.unknownTensor(name))
        case .replacement(let target):
            if replacements.updateValue((name, tensor), forKey: target) != nil {
                problems.append(.repeatedTensor(name))
            }
        case .factor(let factor, let module, let isEmbedding):
            var entry = factors[module] ?? Factors(isEmbedding: isEmbedding)
            let place = factor == .a ? \Factors.a : \Factors.b
            if entry.isEmbedding != isEmbedding || entry[keyPath: place] != nil {
                problems.append(.repeatedTensor(name))
            }
            entry[keyPath: place] = tensor
            factors[module] = entry
        }
    }

    mutating func replaceTensors() {
        for (target, (name, tensor)) in replacements {
            guard let base = result[target] else {
                problems.append(.missingBase(tensor: name, base: target))
                continue
            }
            if base.shape != tensor.shape {
                problems.append(.wrongShape(tensor: name, base: base.shape, found: tensor.shape))
            } else if base.dtype == tensor.dtype {
                result[target] = tensor
            } else if base.dtype.isFloatingPoint, tensor.dtype.isFloatingPoint {
                result[target] = LazyTensor(
                    dtype: base.dtype, shape: base.shape, source: ConvertedElements(tensor: tensor))
            } else {
                problems.append(.unsupportedType(tensor: name, tensor.dtype))
            }
        }
    }

    mutating func addProducts() {
        for (module, factors) in factors {
            guard let a = factors.a, let b = factors.b else {
                problems.append(.missingFactor(module: module))
                continue
            }
            let target = module.isEmpty ? "weight" : module + ".weight"
            guard let base = result[target] else {
                problems.append(.missingBase(tensor: module, base: target))
                continue
            }
            let unsupported = [base, a, b].first { !$0.dtype.isFloatingPoint }
            if let unsupported {
                problems.append(.unsupportedType(tensor: target, unsupported.dtype))
                continue
            }
            do throws(AdapterProblem) {
                let update = try update(of: base, a, b, module: module, isEmbedding: factors.isEmbedding)
                result[target] = LazyTensor(dtype: base.dtype, shape: base.shape, source: update)
            } catch {
                problems.append(error)
            }
        }
    }

    private func update(
        of base: LazyTensor, _ a: LazyTensor, _ b: LazyTensor, module: String, isEmbedding: Bool
    ) throws(AdapterProblem) -> LowRankUpdate {
        let mismatch = AdapterProblem.mismatchedShapes(
            module: module, base: base.shape, factorA: a.shape, factorB: b.shape)
        let inputs = Array(a.shape.dimensions.dropFirst())
        let outputs = Array(b.shape.dimensions.prefix(1))
        let rank = configuration.rank(of: module)
        guard a.shape.rank >= 2, b.shape.rank == a.shape.rank else { throw mismatch }
        guard a.shape.dimensions[0] == rank, b.shape.dimensions[1] == rank else {
            throw .wrongRank(module: module, expected: rank, factorA: a.shape, factorB: b.shape)
        }
        guard b.shape.dimensions.dropFirst(2).allSatisfy({ $0 == 1 }) else { throw mismatch }
        let fits = base.shape.dimensions == outputs + inputs
        let fitsTransposed = a.shape.rank == 2 && base.shape.dimensions == inputs + outputs
        let isTransposed: Bool
        switch (fits, fitsTransposed) {
        case (false, false): throw mismatch
        case (true, true): isTransposed = isEmbedding || configuration.isTransposed
        case (true, false) where isEmbedding: throw mismatch
        default: isTransposed = fitsTransposed
        }
        // [inputs, kernel…] of a convolution are one dimension here.
        let inputCount = inputs.reduce(1, *)
        let scale = configuration.scale(of: module, rank: Double(rank))
        if isTransposed {
            // (B · A)ᵀ = Aᵀ · Bᵀ
            return LowRankUpdate(
                base: base, left: .init(tensor: a, isTransposed: true, storedColumns: inputCount),
                right: .init(tensor: b, isTransposed: true, storedColumns: rank),
                columns: b.shape.dimensions[0], rank: rank, scale: scale)
        }
        return LowRankUpdate(
            base: base, left: .init(tensor: b, isTransposed: false, storedColumns: rank),
            right: .init(tensor: a, isTransposed: false, storedColumns: inputCount),
            columns: inputCount, rank: rank, scale: scale)
    }
}
