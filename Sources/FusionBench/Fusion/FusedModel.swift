public import Checkpoints
public import JSON
public import OrderedCollections
public import Tensors

/// What a method makes of a pool.
public enum FusionResult: Sendable {
    /// One model.
    case model(FusedModel)
    /// A model for each task, by name.
    case models([(name: String, model: FusedModel)])
    /// A model that has grown with each model of the pool: its states in their order, of which the last is the result.
    case steps([FusionStep], FusionStepRecord)
    /// No model: the method has written what it found out.
    case nothing

    /// The models, with the names of folders for several.
    public var models: [(name: String?, model: FusedModel)] {
        switch self {
        case .model(let model): [(nil, model)]
        case .models(let models): models.map { ($0.name, $0.model) }
        case .steps(let steps, _): steps.last.map { [(nil, $0.model)] } ?? []
        case .nothing: []
        }
    }
}

/// A model that a method has described, and that is computed stretch by stretch when it is written or used.
public struct FusedModel: Sendable {
    /// The parameters, in the order of the checkpoint.
    public var parameters: [FusedParameter]
    /// What computes them.
    public var merger: any ParameterMerger
    /// The model of the pool whose configuration and tokenizer it shares.
    public var template: PooledModel
    /// What differs from the template's `config.json`: the number of layers, for example.
    public var configurationChanges: OrderedDictionary<String, JSONValue>

    /// Describes a model.
    public init(
        parameters: [FusedParameter], merger: any ParameterMerger, template: PooledModel,
        configurationChanges: OrderedDictionary<String, JSONValue> = [:]
    ) {
        self.parameters = parameters
        self.merger = merger
        self.template = template
        self.configurationChanges = configurationChanges
    }
}

/// The tensors of one name in all models that a merger reads.
public struct MergeInput: Sendable {
    /// The number of the parameter among those that are merged: what passes before have found stands under it.
    public let number: Int
    /// The name that all models of the pool share: random numbers and settings depend on it.
    public let key: String
    /// The sizes along the dimensions.
    public let shape: Shape
    /// The pretrained model's tensor, if the method reads it.
    public let pretrained: LazyTensor?
    /// The other models' tensors, in the order of the pool.
    public let models: [LazyTensor]
    /// The names of their models, for messages, where they are not those of the pool in its order.
    public let modelNames: [String]?

    /// Names the tensors.
    public init(
        number: Int, key: String, shape: Shape, pretrained: LazyTensor?, models: [LazyTensor],
        modelNames: [String]? = nil
    ) {
        self.number = number
        self.key = key
        self.shape = shape
        self.pretrained = pretrained
        self.models = models
        self.modelNames = modelNames
    }

    /// The same tensors under another number.
    func numbered(_ number: Int) -> MergeInput {
        MergeInput(
            number: number, key: key, shape: shape, pretrained: pretrained, models: models, modelNames: modelNames)
    }

    /// The tensors of one model, and those of the pretrained one.
    func restricted(to model: Int, named name: String) -> MergeInput {
        MergeInput(
            number: number, key: key, shape: shape, pretrained: pretrained, models: [models[model]],
            modelNames: [name])
    }
}

/// One parameter of a fused model.
public struct FusedParameter: Sendable {
    /// Where its values come from.
    public enum Content: Sendable {
        /// A tensor that is passed on: a buffer, or what the method leaves alone; with the name of its model, for messages.
        case copy(LazyTensor, model: String)
        /// The tensors that the merger gets.
        case merge(MergeInput)
    }

    /// The name in the state dict.
    public var name: String
    /// The type that it is written as.
    public var dtype: DType
    /// The sizes along the dimensions.
    public var shape: Shape
    /// Where its values come from.
    public var content: Content

    /// Describes a parameter.
    public init(name: String, dtype: DType, shape: Shape, content: Content) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.content = content
    }

    /// A parameter that is passed on as it is.
    ///
    /// - Parameters:
    ///   - tensor: Its values.
    ///   - model: The name of the model that they are from, for messages.
    ///   - name: Its name in the state dict.
    public init(copying tensor: LazyTensor, of model: String, name: String) {
        self.init(name: name, dtype: tensor.dtype, shape: tensor.shape, content: .copy(tensor, model: model))
    }
}

extension FusedModel {
    /// A model of the pool as it is.
    public init(copying model: PooledModel) {
        self.init(
            parameters: model.tensors.map {
                FusedParameter(copying: $0.value, of: model.name, name: model.name(of: $0.key))
            },
            merger: NoMerger(), template: model)
    }
}

extension FusedModel {
    /// The name of the model of the pool that this one is, without any change; nil if it is made of something else.
    var pooledName: String? {
        let isCopy = parameters.allSatisfy {
            if case .copy(_, template.name) = $0.content { true } else { false }
        }
        return isCopy && configurationChanges.isEmpty ? template.name : nil
    }

    /// Lets all parameters that are floating-point numbers be written in a type, those that are copied too.
    mutating func store(as dtype: DType) {
        for index in parameters.indices where parameters[index].dtype.isFloatingPoint {
            parameters[index].dtype = dtype
        }
    }
}

/// Where nothing is merged.
private struct NoMerger: ParameterMerger {
    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        preconditionFailure("A model without merged parameters has nothing to merge")
    }
}
