import Checkpoints
import Configuration
import OrderedCollections
import Tensors

/// Sets weights of the linear layers of a decoder to zero: in each row, or in each group of neighbours, those that score
/// lowest.
///
/// Of the models of the pool, it takes the pretrained one, or the first if there is none.
struct WeightPruning: FusionMethod {
    /// What a weight's score is.
    enum Score {
        /// Its magnitude, rounded to a type before it is compared; nil for the weight's own.
        case magnitude(DType?)
        /// A random number.
        case random
    }

    /// What becomes zero of the rows.
    enum Kind: String, CaseIterable {
        case unstructured
        case semistructured
    }

    let score: Score
    let kind: Kind
    /// Unstructured: the share of each row, from 0 to 1.
    let sparsity: ParameterSetting
    /// Semi-structured: how many of each group of neighbours.
    let prunedCount: Int
    /// Semi-structured: how many neighbours make a group.
    let groupSize: Int

    /// The share where no rule of the setting fits.
    private static let usualSparsity = 0.5

    var methodName: String {
        switch score {
        case .magnitude: "Magnitude pruning"
        case .random: "Random pruning"
        }
    }

    func problems(with pool: ModelPool) -> [String] {
        var problems: [String] = []
        if kind == .semistructured, groupSize < 1 || !(0...groupSize).contains(prunedCount) {
            problems.append(
                "\(methodName) needs 0 ≤ n ≤ m, and an m of at least 1; n is \(prunedCount), m \(groupSize)")
        }
        if kind == .unstructured { problems += sparsity.problems("sparsity_ratio", of: methodName, in: 0...1) }
        do {
            if try !pool.loadPretrainedOrFirst().tensors.contains(where: { Self.isPruned($0.key, $0.value) }) {
                problems.append("\(methodName) finds no weights of linear layers below 'model.layers.'")
            }
        } catch {
            problems.append("\(error)")
        }
        return problems
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        let model = try pool.loadPretrainedOrFirst()
        let keys = Array(model.tensors.filter { Self.isPruned($0.key, $0.value) }.keys)
        var number = 0
        let parameters = model.tensors.map { key, tensor in
            guard Self.isPruned(key, tensor) else {
                return FusedParameter(copying: tensor, of: model.name, name: model.name(of: key))
            }
            defer { number += 1 }
            let input = MergeInput(
                number: number, key: key, shape: tensor.shape, pretrained: nil, models: [tensor],
                modelNames: [model.name])
            return FusedParameter(
                name: model.name(of: key), dtype: tensor.dtype, shape: tensor.shape, content: .merge(input))
        }
        let merger = WeightPruningMerger(score: score, prunings: prunings(keys), seed: context.seed)
        return .model(FusedModel(parameters: parameters, merger: merger, template: model))
    }

    private func prunings(_ keys: [String]) -> [RowPruning] {
        switch kind {
        case .unstructured:
            sparsity.numbers(for: keys, fallback: Self.usualSparsity).map { .share($0) }
        case .semistructured: keys.map { _ in .groups(pruned: prunedCount, size: groupSize) }
        }
    }

    private static func isPruned(_ key: String, _ tensor: LazyTensor) -> Bool {
        key.hasPrefix("model.layers.") && tensor.dtype.isFloatingPoint && LinearWeights.contains(key, tensor.shape)
    }
}

extension WeightPruning.Kind: ConfigurationDecodable {
    static var expectedDescription: String { "one of unstructured, semistructured" }

    static func decode(_ argument: Argument) -> WeightPruning.Kind? { String.decode(argument).flatMap(Self.init) }
}

/// A type of numbers as configurations name it.
struct DTypeName: ConfigurationDecodable {
    let dtype: DType

    private static let types: [String: DType] = [
        "fp16": .float16, "float16": .float16, "half": .float16, "bf16": .bfloat16, "bfloat16": .bfloat16,
        "float": .float32, "fp32": .float32, "float32": .float32, "double": .float64, "fp64": .float64,
        "float64": .float64,
    ]

    static var expectedDescription: String { "one of float16, bfloat16, float32, float64" }

    static func decode(_ argument: Argument) -> DTypeName? {
        String.decode(argument).flatMap { types[$0] }.map { DTypeName(dtype: $0) }
    }
}

/// The weights of one model, without those that score lowest.
private struct WeightPruningMerger: ParameterMerger {
    let score: WeightPruning.Score
    /// What becomes zero of each parameter.
    let prunings: [RowPruning]
    let seed: UInt64

    var granularity: Granularity { .rows }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let weights = stretch.models.first else { return }
        _ = merged.update(fromContentsOf: weights)
        prunings[stretch.parameter].prune(merged, of: stretch) { keys in
            let scores = stretch.buffer(0)
            fill(scores, weights, stretch)
            for index in keys.indices { keys[index] = scores[index].bitPattern & 0x7FFF_FFFF }
        }
    }

    private func fill(
        _ scores: UnsafeMutableBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>, _ stretch: Stretch
    ) {
        switch score {
        case .random:
            RandomStream(seed: seed, purpose: "pruning/random", name: stretch.name)
                .fillUniform(scores, from: stretch.range.lowerBound)
        case .magnitude(let dtype):
            guard let dtype, let size = dtype.byteCount(elements: weights.count) else {
                _ = scores.update(fromContentsOf: weights)
                return
            }
            let bytes = stretch.scratch.bytes(.encoded, count: size)
            FloatArithmetic.encode(weights, dtype, into: bytes)
            FloatArithmetic.decode(UnsafeRawBufferPointer(bytes), dtype, into: scores)
        }
    }
}

extension TargetRegistry {
    mutating func registerWeightPruning() {
        register(
            "fusion_bench.method.MagnitudePruningForLlama", "fusion_bench.method.pruning.MagnitudePruningForLlama",
            "fusion_bench.method.pruning.llama_magnitude_prune.MagnitudePruningForLlama",
            parameters: Parameter<WeightPruning.Kind>("prune_type"), Parameter("device", default: String?.none),
            Parameter("dtype", default: DTypeName?.none), Parameter<ParameterSetting>("sparsity_ratio"),
            Parameter<Int>("n"), Parameter<Int>("m")
        ) { kind, _, dtype, sparsity, n, m in
            WeightPruning(
                score: .magnitude(dtype?.dtype), kind: kind, sparsity: sparsity, prunedCount: n, groupSize: m)
        }
        register(
            "fusion_bench.method.RandomPruningForLlama", "fusion_bench.method.pruning.RandomPruningForLlama",
            "fusion_bench.method.pruning.llama_random_prune.RandomPruningForLlama",
            parameters: Parameter<WeightPruning.Kind>("prune_type"), Parameter<ParameterSetting>("sparsity_ratio"),
            Parameter<Int>("n"), Parameter<Int>("m")
        ) { WeightPruning(score: .random, kind: $0, sparsity: $1, prunedCount: $2, groupSize: $3) }
    }
}
