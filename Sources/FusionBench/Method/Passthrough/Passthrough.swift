import Checkpoints
import Configuration
import JSON
import OrderedCollections
import Tensors

/// Copies tensors, as they are or scaled: all of one model, or layers of several models, stacked.
///
/// The method is mergekit's own.
struct Passthrough: FusionMethod {
    /// What tensors are multiplied by; nil for nothing.
    var scale: ModelSetting?
    /// The layers, in order; nil for all of one model.
    var slices: [LayerSlice]?

    var methodName: String { "Passthrough" }

    func problems(with pool: ModelPool) -> [String] {
        do {
            var problems = scale?.problems("scale", of: methodName, models: pool.allNames) ?? []
            guard let slices else {
                if Self.onlyModel(of: pool) == nil {
                    let error = FusionError.modelCount(
                        method: methodName, expected: "one model, or slices", found: pool.modelNames)
                    problems.append("\(error)")
                }
                return problems
            }
            if slices.isEmpty { problems.append("\(methodName) needs at least one slice") }
            for slice in slices where pool.references[slice.model] == nil {
                let error = FusionError.unknownModel(
                    method: methodName, key: "slices", name: slice.model, known: pool.allNames)
                problems.append("\(error)")
            }
            return problems.isEmpty ? try problems + sliceProblems(slices, pool) : problems
        } catch {
            return ["\(error)"]
        }
    }

    /// What is wrong with the layers that slices name.
    private func sliceProblems(_ slices: [LayerSlice], _ pool: ModelPool) throws -> [String] {
        var problems: [String] = []
        var shapes: [String: (shape: Shape, model: String)] = [:]
        for slice in slices {
            let model = try pool.load(slice.model)
            guard let stack = LayerStack(model) else {
                problems.append("\(methodName) needs models with one stack of layers; '\(slice.model)' has not")
                continue
            }
            if slice.layers.upperBound > stack.count {
                problems.append(
                    "\(methodName) needs layers \(slice.layers.lowerBound) to \(slice.layers.upperBound - 1) of "
                        + "'\(slice.model)', which has \(stack.count)")
            }
            for (key, tensor) in model.tensors {
                if let (_, layer) = LayerPlaces.layer(key), !slice.layers.contains(layer) { continue }
                let name = LayerStack.renumbered(key, to: 0)
                let other = shapes[name] ?? (tensor.shape, slice.model)
                shapes[name] = other
                guard other.model != slice.model, other.shape != tensor.shape else { continue }
                problems.append(
                    "\(methodName) needs layers of the same shapes; '\(key)' is \(tensor.shape) in "
                        + "'\(slice.model)', and \(other.shape) in '\(other.model)'")
                break
            }
        }
        return problems
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        var assembly = Assembly()
        if let slices { return .model(try stacked(slices, pool, &assembly)) }
        guard let name = Self.onlyModel(of: pool) else { throw ModelPoolError.empty }
        let model = try pool.load(name)
        let setting = scale?.setting(for: name)
        let places = LayerPlaces(Array(model.tensors.keys))
        for (key, tensor) in model.tensors {
            let scale = setting?.value(for: key, layer: places.place(of: key))
            assembly.add(tensor, of: model, key: key, name: model.name(of: key), scale: scale)
        }
        return .model(assembly.model(template: model))
    }

    /// The model whose layers are those of the slices.
    private func stacked(_ slices: [LayerSlice], _ pool: ModelPool, _ assembly: inout Assembly) throws -> FusedModel {
        guard let first = slices.first, let last = slices.last else { throw ModelPoolError.empty }
        let template = try pool.load(first.model)
        try addOutside(of: first, pool, template, &assembly) { LayerStack.precedesLayers($0) }
        var layers: [(model: PooledModel, layer: Int)] = []
        for slice in slices {
            let model = try pool.load(slice.model)
            for layer in slice.layers {
                // As over the layers of a whole model: from 0 to 1, and 1 for the only one.
                let place =
                    slice.layers.count == 1
                    ? 1 : Double(layer - slice.layers.lowerBound) / Double(slice.layers.count - 1)
                for (key, tensor) in model.tensors where LayerPlaces.layer(key)?.layer == layer {
                    let newKey = LayerStack.renumbered(key, to: layers.count)
                    let name = LayerStack.renumbered(
                        template.name(of: LayerStack.renumbered(key, to: first.layers.lowerBound)), to: layers.count)
                    let scale = setting(of: slice)?.value(for: newKey, layer: place)
                    assembly.add(tensor, of: model, key: newKey, name: name, scale: scale)
                }
                layers.append((model, layer))
            }
        }
        try addOutside(of: last, pool, template, &assembly) { !LayerStack.precedesLayers($0) }
        return assembly.model(
            template: template, changes: LayerConfiguration.changes(layers, template: template))
    }

    /// Adds tensors outside of the layers.
    private func addOutside(
        of slice: LayerSlice, _ pool: ModelPool, _ template: PooledModel, _ assembly: inout Assembly,
        where isWanted: (String) -> Bool
    ) throws {
        let model = try pool.load(slice.model)
        for (key, tensor) in model.tensors where LayerPlaces.layer(key) == nil && isWanted(key) {
            let scale = setting(of: slice)?.value(for: key, layer: nil)
            assembly.add(tensor, of: model, key: key, name: template.name(of: key), scale: scale)
        }
    }

    private func setting(of slice: LayerSlice) -> ParameterSetting? {
        slice.scale ?? scale?.setting(for: slice.model)
    }

    /// The only model of a pool, or the pretrained one.
    private static func onlyModel(of pool: ModelPool) -> String? {
        if pool.modelNames.isEmpty, pool.hasPretrained { return ModelPool.pretrainedName }
        return pool.modelNames.count == 1 ? pool.modelNames[0] : nil
    }
}

/// A model that is put together of tensors of others.
private struct Assembly {
    private var parameters: [FusedParameter] = []
    /// For each tensor that is scaled, its factor.
    private var scales: [Float] = []

    mutating func add(_ tensor: LazyTensor, of model: PooledModel, key: String, name: String, scale: Double?) {
        guard let scale, scale != 1, tensor.dtype.isFloatingPoint else {
            parameters.append(FusedParameter(copying: tensor, of: model.name, name: name))
            return
        }
        let input = MergeInput(
            number: scales.count, key: key, shape: tensor.shape, pretrained: nil, models: [tensor],
            modelNames: [model.name])
        scales.append(Float(scale))
        parameters.append(
            FusedParameter(name: name, dtype: tensor.dtype, shape: tensor.shape, content: .merge(input)))
    }

    func model(
        template: PooledModel, changes: OrderedDictionary<String, JSONValue> = [:]
    ) -> FusedModel {
        FusedModel(
            parameters: parameters,
            merger: WeightedSumMerger(
                weights: scales.map { [$0] }, scales: Array(repeating: 1, count: scales.count)),
            template: template, configurationChanges: changes)
    }
}

extension TargetRegistry {
    mutating func registerPassthrough() {
        register(
            "fusion_bench.method.PassthroughAlgorithm", "fusion_bench.method.passthrough.PassthroughAlgorithm",
            parameters: Parameter("scale", default: ModelSetting?.none),
            Parameter("slices", default: [LayerSlice]?.none)
        ) { Passthrough(scale: $0, slices: $1) }
    }
}
