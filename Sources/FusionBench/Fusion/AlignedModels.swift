import Checkpoints
import OrderedCollections
public import Tensors

/// The models of a pool side by side: for each name of a tensor, the tensors of all models.
public struct AlignedModels: Sendable {
    /// The pretrained model, if the method wants it.
    public let pretrained: PooledModel?
    /// The other models, in the order of the pool.
    public let models: [PooledModel]
    /// The parameters of floating-point types that all models have in one shape, in the order of the checkpoint.
    public private(set) var parameters: [AlignedParameter]
    /// Everything else, which is passed on as it is.
    public private(set) var others: [FusedParameter]
    /// What does not fit together.
    public let problems: [String]
    /// The order of all names in the checkpoint.
    private let names: [String]

    /// The model whose tensors say which there are: the pretrained one, or the first.
    public let template: PooledModel

    /// The most problems of one kind that are listed for a model.
    private static let listedCount = 5

    /// Puts the models of a pool side by side.
    ///
    /// - Throws: An error of reading a model's headers.
    init(_ pool: ModelPool, names modelNames: [String], withPretrained: Bool) throws {
        let pretrained = withPretrained ? try pool.load(ModelPool.pretrainedName) : nil
        let models = try modelNames.map(pool.load)
        let template = try pretrained ?? pool.loadPretrainedOrFirst()
        var parameters: [AlignedParameter] = []
        var others: [FusedParameter] = []
        var missing: [String: [String]] = [:]
        var mismatched: [String: [String]] = [:]
        for (key, tensor) in template.tensors {
            let name = template.name(of: key)
            guard tensor.dtype.isFloatingPoint else {
                others.append(FusedParameter(copying: tensor, of: template.name, name: name))
                continue
            }
            var tensors: [LazyTensor] = []
            for model in models {
                guard let other = model.tensors[key] else {
                    missing[model.name, default: []].append("'\(key)'")
                    continue
                }
                guard other.shape == tensor.shape, other.dtype.isFloatingPoint else {
                    mismatched[model.name, default: []].append(
                        "'\(key)' is \(other.dtype.rawValue) \(other.shape), not \(tensor.dtype.rawValue) \(tensor.shape)"
                    )
                    continue
                }
                tensors.append(other)
            }
            let input = MergeInput(
                number: parameters.count, key: key, shape: tensor.shape, pretrained: pretrained == nil ? nil : tensor,
                models: tensors, modelNames: modelNames)
            parameters.append(AlignedParameter(name: name, dtype: tensor.dtype, input: input))
        }
        var problems: [String] = []
        for model in models {
            let extra = model.tensors.filter { template.tensors[$0.key] == nil && $0.value.dtype.isFloatingPoint }.keys
            let findings = [
                ("lacks tensors that '\(template.name)' has", missing[model.name] ?? []),
                ("has tensors that '\(template.name)' lacks", extra.map { "'\($0)'" }),
                ("has tensors of other shapes than '\(template.name)'", mismatched[model.name] ?? []),
            ]
            for (what, items) in findings where !items.isEmpty {
                let listed = items.prefix(Self.listedCount).joined(separator: ", ")
                let rest = items.count > Self.listedCount ? " and \(items.count - Self.listedCount) more" : ""
                problems.append("The model '\(model.name)' (\(model.location)) \(what): \(listed)\(rest)")
            }
        }
        if !problems.isEmpty { parameters = [] }
        self.pretrained = pretrained
        self.models = models
        self.template = template
        self.parameters = parameters
        self.others = others
        self.problems = problems
        names = template.tensors.keys.map { template.name(of: $0) }
    }

    /// The names of the models, for messages.
    public var modelNames: [String] { models.map(\.name) }

    /// A model of merged parameters and of all that is passed on, in the order of the checkpoint.
    ///
    /// - Parameters:
    ///   - merger: What computes the merged ones.
    ///   - content: Where a parameter's values come from; by default all models' tensors are merged.
    /// - Returns: The description of the model.
    public func fused(
        _ merger: any ParameterMerger, content: (AlignedParameter) -> FusedParameter.Content = { .merge($0.input) }
    ) -> FusedModel {
        let merged = parameters.map {
            FusedParameter(name: $0.name, dtype: $0.dtype, shape: $0.input.shape, content: content($0))
        }
        let all = Dictionary((merged + others).map { ($0.name, $0) }) { first, _ in first }
        return FusedModel(parameters: names.compactMap { all[$0] }, merger: merger, template: template)
    }

    /// The same models with fewer parameters that are merged: the others are passed on as the template has them.
    public func restricted(to isMerged: (AlignedParameter) -> Bool) -> AlignedModels {
        var result = self
        result.parameters = []
        for parameter in parameters {
            guard isMerged(parameter) else {
                guard let tensor = template.tensors[parameter.key] else { continue }
                result.others.append(FusedParameter(copying: tensor, of: template.name, name: parameter.name))
                continue
            }
            let input = MergeInput(
                number: result.parameters.count, key: parameter.key, shape: parameter.input.shape,
                pretrained: parameter.input.pretrained, models: parameter.input.models,
                modelNames: parameter.input.modelNames)
            result.parameters.append(AlignedParameter(name: parameter.name, dtype: parameter.dtype, input: input))
        }
        return result
    }

    /// The same parameters, of other tensors.
    func replacingInputs(_ input: (AlignedParameter) -> MergeInput) -> AlignedModels {
        var result = self
        result.parameters = parameters.map {
            AlignedParameter(name: $0.name, dtype: $0.dtype, input: input($0).numbered($0.input.number))
        }
        return result
    }

    /// A pass over all parameters that are merged.
    func pass(_ granularity: Granularity, in context: FusionContext) -> StretchPass {
        StretchPass(
            inputs: parameters.map(\.input), granularity: granularity, modelNames: modelNames, context: context)
    }
}

/// A parameter that all models have.
public struct AlignedParameter: Sendable {
    /// The name that the checkpoint has for it.
    public let name: String
    /// The type of the template's tensor.
    public let dtype: DType
    /// The tensors of all models.
    public let input: MergeInput

    /// The name that all models of the pool share.
    public var key: String { input.key }
}
