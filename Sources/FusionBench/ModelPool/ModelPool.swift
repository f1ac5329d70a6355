import Checkpoints
public import OrderedCollections
import Synchronization

/// The models that a method fuses, by name, none of them read yet.
///
/// Names that begin and end with an underscore are special: `_pretrained_` is the model that the others were fine-tuned
/// from. Methods see the others as "the models", in the order of the configuration.
public final class ModelPool: Sendable {
    /// The model that the others were fine-tuned from.
    public static let pretrainedName = "_pretrained_"

    /// What kind of model the pool holds: how its tensors are named in the files that there are.
    public let family: ModelFamily
    /// Where each model is, in the order of the configuration.
    public let references: OrderedDictionary<String, ModelReference>
    /// The data that belong to the models.
    public let data: PoolData
    private let loaded = Mutex<[String: PooledModel]>([:])
    private let alignments = Mutex<[Alignment: AlignedModels]>([:])

    /// Which models stand side by side.
    private struct Alignment: Hashable {
        let names: [String]
        let withPretrained: Bool
    }

    /// A pool of models of one family.
    public convenience init(_ family: ModelFamily, references: OrderedDictionary<String, ModelReference>) {
        self.init(family, references: references, data: PoolData())
    }

    /// A pool of models of one family, with data.
    init(_ family: ModelFamily, references: OrderedDictionary<String, ModelReference>, data: PoolData) {
        self.family = family
        self.references = references
        self.data = data
    }

    /// All names, the special ones too, in the order of the configuration.
    public var allNames: [String] { Array(references.keys) }

    /// The names of all models that are not special, in the order of the configuration.
    public var modelNames: [String] { references.keys.filter { !Self.isSpecial($0) } }

    /// Whether there is a pretrained model.
    public var hasPretrained: Bool { references[Self.pretrainedName] != nil }

    /// Whether a name begins and ends with an underscore.
    public static func isSpecial(_ name: String) -> Bool { name.hasPrefix("_") && name.hasSuffix("_") }

    /// A model's headers, which are read once.
    ///
    /// - Throws: `CheckpointError` with the model's path.
    public func load(_ name: String) throws -> PooledModel {
        if let model = loaded.withLock({ $0[name] }) { return model }
        guard let reference = references[name] else {
            throw ModelPoolError.noSuchModel(name: name, known: allNames)
        }
        let first = hasPretrained ? Self.pretrainedName : references.keys.first
        // If it cannot be read, it is not this model's fault.
        let template = first == name ? nil : first.flatMap { try? load($0) }
        let model = try ModelLoader(family: family).load(reference, name: name, template: template)
        loaded.withLock { $0[name] = model }
        return model
    }

    /// Models side by side, which is worked out once.
    ///
    /// - Parameters:
    ///   - names: The models that are merged.
    ///   - withPretrained: Whether the pretrained model stands beside them.
    /// - Returns: The models, with what does not fit together.
    /// - Throws: An error of reading a model's headers.
    func aligned(names: [String], withPretrained: Bool) throws -> AlignedModels {
        let alignment = Alignment(names: names, withPretrained: withPretrained)
        if let models = alignments.withLock({ $0[alignment] }) { return models }
        let models = try AlignedModels(self, names: names, withPretrained: withPretrained)
        alignments.withLock { $0[alignment] = models }
        return models
    }

    /// What is wrong with each model, by itself; empty if all headers can be read.
    public func loadingProblems() -> [String] {
        if references.isEmpty { return ["\(ModelPoolError.empty)"] }
        var problems: [String] = []
        for name in allNames {
            do {
                _ = try load(name)
            } catch {
                let text = "The model '\(name)': \(error)"
                if !problems.contains(text) { problems.append(text) }
            }
        }
        return problems
    }

    /// The pretrained model, or the first one if there is none.
    ///
    /// - Throws: `CheckpointError` with the model's path.
    public func loadPretrainedOrFirst() throws -> PooledModel {
        if hasPretrained { return try load(Self.pretrainedName) }
        guard let first = modelNames.first ?? allNames.first else { throw ModelPoolError.empty }
        return try load(first)
    }
}

/// What can be wrong with a pool as a whole.
enum ModelPoolError: Error, Equatable, CustomStringConvertible {
    case empty
    case noSuchModel(name: String, known: [String])
    case names(location: String, problem: KeyMapProblem)
    case noAdapter(location: String)
    case adapterWithoutBase(location: String)

    var description: String {
        switch self {
        case .empty: "The model pool has no models"
        case .noSuchModel(let name, let known):
            "The model pool has no model '\(name)'; it has \(known.joined(separator: ", "))"
        case .names(let location, let problem): "\(location): \(problem)"
        case .noAdapter(let location):
            "There is no adapter at \(location): a directory with \(LoRAAdapter.configurationName), or its name on the hub"
        case .adapterWithoutBase(let location):
            "\(location) is an adapter, and neither it nor the pool names the model that it belongs to"
        }
    }
}
