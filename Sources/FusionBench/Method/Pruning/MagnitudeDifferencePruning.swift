import Configuration
import Tensors

/// Drops the smallest entries of each row of a task vector, or the largest, and adds the rest: θ₀ + r·pruned(θ₁ − θ₀).
struct MagnitudeDifferencePruning: DataFreeFusionMethod {
    /// The share of each row that is dropped, from 0 to 1.
    let ratio: ParameterSetting
    /// What the rest is multiplied by.
    let rescaling: PruningRescaling
    /// The parameters that take part; nil for the weights of linear layers.
    let names: [NamePattern]?
    /// Whether the smallest or the largest magnitudes are dropped.
    let kind: Kind

    /// Which entries are dropped.
    enum Kind: String, CaseIterable {
        case minor
        case major
    }

    /// The share where no rule of the setting fits.
    private static let usualRatio = 0.5

    var methodName: String { "Magnitude difference pruning" }
    var modelCounts: ClosedRange<Int> { 1...1 }

    func problems(with models: AlignedModels) -> [String] {
        let selected = models.parameters.filter(isPruned)
        let others = selected.filter { $0.input.shape.rank != 2 }
        var problems = others.map { parameter in
            "\(methodName) prunes rows of matrices; '\(parameter.name)', which extract_names matches, is of shape "
                + "\(parameter.input.shape)"
        }
        let ratios = ratio.numbers(for: selected.map(\.key), fallback: Self.usualRatio)
        problems += ratio.problems("prune_ratio", of: methodName, in: 0...1)
        if rescaling == .inverseRatio, ratios.contains(0) {
            problems.append("\(methodName) divides by prune_ratio where rescale is true; it must not be 0")
        }
        return problems
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        let pruned = models.restricted(to: isPruned)
        let ratios = ratio.numbers(for: pruned.parameters.map(\.key), fallback: Self.usualRatio)
        return .model(
            pruned.fused(
                PrunedDifferenceMerger(
                    prunings: ratios.map { .share($0) }, factors: ratios.map(rescaling.factor),
                    dropsLargest: kind == .major)))
    }

    private func isPruned(_ parameter: AlignedParameter) -> Bool {
        guard let names else { return LinearWeights.contains(parameter.key, parameter.input.shape) }
        return names.contains { $0.fits(parameter.key) }
    }
}

extension MagnitudeDifferencePruning.Kind: ConfigurationDecodable {
    static var expectedDescription: String { "one of minor, major" }

    static func decode(_ argument: Argument) -> MagnitudeDifferencePruning.Kind? {
        String.decode(argument).flatMap(Self.init)
    }
}

/// What the entries that are left are multiplied by.
enum PruningRescaling: Equatable, Sendable, ConfigurationDecodable {
    case none
    case factor(Double)
    /// One by the share that is dropped.
    case inverseRatio

    static var expectedDescription: String { "a number, true, false or null" }

    /// Takes `false` as the factor 0, as the reference does.
    static func decode(_ argument: Argument) -> PruningRescaling? {
        if argument.source.isNull { return PruningRescaling.none }
        if let flag = Bool.decode(argument) { return flag ? .inverseRatio : .factor(0) }
        return Double.decode(argument).map(PruningRescaling.factor)
    }

    func factor(ratio: Double) -> Float {
        switch self {
        case .none: 1
        case .factor(let factor): Float(factor)
        case .inverseRatio: Float(1 / ratio)
        }
    }
}

/// θ₀ + r·pruned(θ₁ − θ₀), row by row.
private struct PrunedDifferenceMerger: ParameterMerger {
    /// What is dropped of each parameter.
    let prunings: [RowPruning]
    /// What the rest of each parameter is multiplied by.
    let factors: [Float]
    let dropsLargest: Bool

    var granularity: Granularity { .rows }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained, let model = stretch.models.first else { return }
        let delta = stretch.buffer(0)
        FloatArithmetic.subtract(base, from: model, into: delta)
        prunings[stretch.parameter].prune(delta, of: stretch) { keys in
            for index in keys.indices {
                let magnitude = delta[index].bitPattern & 0x7FFF_FFFF
                keys[index] = dropsLargest ? 0x7FFF_FFFF - magnitude : magnitude
            }
        }
        FloatArithmetic.add(UnsafeBufferPointer(delta), weight: factors[stretch.parameter], to: base, into: merged)
    }
}

extension TargetRegistry {
    mutating func registerMagnitudeDifferencePruning() {
        register(
            "fusion_bench.method.MagnitudeDiffPruningAlgorithm",
            "fusion_bench.method.pruning.MagnitudeDiffPruningAlgorithm",
            "fusion_bench.method.pruning.magnitude_diff_pruning.MagnitudeDiffPruningAlgorithm",
            parameters: Parameter<ParameterSetting>("prune_ratio"),
            Parameter("rescale", default: PruningRescaling.none),
            Parameter("extract_names", default: [NamePattern]?.none),
            Parameter("prune_type", default: MagnitudeDifferencePruning.Kind.minor)
        ) { MagnitudeDifferencePruning(ratio: $0, rescaling: $1, names: $2, kind: $3) }
    }
}
