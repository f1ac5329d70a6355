import Configuration
import Fabric
import Tensors

/// Drops the smallest entries of each task vector, and of the rest the largest, tensor by tensor; then adds them, with or
/// without an election of signs.
///
/// Davari, Belilovsky: "Model Breadcrumbs: Scaling multi-task model merging with sparse masks" (2023, arXiv 2312.06795);
/// which entries these are as in mergekit 0.1.5. Of equal magnitudes, the earlier entry counts as the smaller.
struct Breadcrumbs: DataFreeFusionMethod {
    /// What is done with the sparse task vectors.
    let arithmetic: GeneralizedTaskArithmetic
    /// The share of each tensor's entries that is kept.
    let density: ModelSetting
    /// The share of the largest entries that is dropped.
    let gamma: ModelSetting

    var methodName: String { arithmetic.electsSigns ? "Breadcrumbs with TIES" : "Breadcrumbs" }

    func problems(with models: AlignedModels) -> [String] {
        arithmetic.problems(of: methodName, with: models)
            + density.problems("density", of: methodName, models: models.modelNames, in: 0...1)
            + gamma.problems("gamma", of: methodName, models: models.modelNames, in: 0...1)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        try arithmetic.fuse(models, try band(models, in: context), in: context)
    }

    /// What is kept of each tensor of each model; found in one pass.
    private func band(_ models: AlignedModels, in context: FusionContext) throws -> MagnitudeBand {
        let keys = models.parameters.map(\.key)
        let densities = density.numbers(for: keys, models: models.modelNames, fallback: 1)
        let gammas = gamma.numbers(for: keys, models: models.modelNames, fallback: 0.01)
        let units = keys.indices.flatMap { key in
            models.models.indices.filter { densities[key][$0] < 1 }.map { Unit(parameter: key, model: $0) }
        }
        let passes = models.models.indices.map { model in
            StretchPass(
                inputs: models.parameters.map { $0.input.restricted(to: model, named: models.modelNames[model]) },
                granularity: .elements, modelNames: [models.modelNames[model]], context: context)
        }
        let progress = context.fabric.progress(total: units.count, description: "magnitudes", unit: "tensor")
        let places = try context.fabric.collect("magnitudes", units: units) { unit in
            Double(models.parameters[unit.parameter].input.shape.elementCount)
        } work: { unit -> [Int64] in
            defer { progress.advance() }
            let count = models.parameters[unit.parameter].input.shape.elementCount
            let range = Self.kept(
                of: count, density: densities[unit.parameter][unit.model], gamma: gammas[unit.parameter][unit.model])
            let places = MagnitudePlaces(pass: passes[unit.model], parameter: unit.parameter) { stretch in
                guard let base = stretch.pretrained else { return stretch.models[0] }
                let delta = stretch.buffer(0)
                FloatArithmetic.subtract(base, from: stretch.models[0], into: delta)
                return UnsafeBufferPointer(delta)
            }
            return try places.places { _ in [range.lowerBound, range.upperBound] }
                .flatMap { [Int64($0.bits), Int64($0.index)] }
        }
        try progress.finish()
        var ranges = [[Range<MagnitudePlace>?]](
            repeating: Array(repeating: nil, count: models.models.count), count: keys.count)
        for (unit, numbers) in zip(units, places) {
            let lower = MagnitudePlace(bits: UInt32(numbers[0]), index: Int(numbers[1]))
            let upper = MagnitudePlace(bits: UInt32(numbers[2]), index: Int(numbers[3]))
            ranges[unit.parameter][unit.model] = lower..<upper
        }
        return MagnitudeBand(ranges: ranges)
    }

    /// A tensor of a model.
    private struct Unit {
        let parameter: Int
        let model: Int
    }

    /// Which entries are kept, counted from the smallest.
    static func kept(of count: Int, density: Double, gamma: Double) -> Range<Int> {
        let kept = Int(density * Double(count))
        let bottom = max(0, count - kept - Int(gamma * Double(count)))
        return bottom..<min(bottom + kept, count)
    }
}

/// Keeps the entries of task vectors that stand in a range when a tensor is sorted by magnitude.
struct MagnitudeBand: Sparsifier {
    /// For each parameter, the range of each model; nil keeps everything.
    let ranges: [[Range<MagnitudePlace>?]]

    var granularity: Granularity { .elements }

    func sparsify(_ delta: UnsafeMutableBufferPointer<Float>, of stretch: Stretch, model: Int) {
        guard let range = ranges[stretch.parameter][model] else { return }
        MagnitudePlace.keep(range, of: delta, from: stretch.range.lowerBound)
    }
}

extension TargetRegistry {
    mutating func registerBreadcrumbs() {
        for (name, electsSigns) in [("BreadcrumbsAlgorithm", false), ("BreadcrumbsTiesAlgorithm", true)] {
            register(
                "fusion_bench.method." + name, "fusion_bench.method.breadcrumbs." + name,
                parameters: Parameter("int8_mask", default: false), Parameter("normalize", default: false),
                Parameter("rescale", default: false), Parameter("lambda", default: ParameterSetting(1)),
                Parameter("weight", default: ModelSetting(1)), Parameter("density", default: ModelSetting(1)),
                Parameter("gamma", default: ModelSetting(0.01))
            ) { _, normalize, rescale, lambda, weight, density, gamma in
                Breadcrumbs(
                    arithmetic: GeneralizedTaskArithmetic(
                        weight: weight, scalingFactor: lambda, normalizes: normalize, rescales: rescale,
                        electsSigns: electsSigns),
                    density: density, gamma: gamma)
            }
        }
    }
}
