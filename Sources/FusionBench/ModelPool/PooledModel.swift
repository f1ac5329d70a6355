public import Checkpoints
public import JSON
public import OrderedCollections

/// A model of a pool whose headers have been read.
public struct PooledModel: Sendable {
    /// Its name in the pool.
    public let name: String
    /// Where it was found.
    public let location: String
    /// The directory that holds its weights and whatever belongs to it.
    public let directory: String
    /// What its `config.json` holds; nil if there is none.
    public let configuration: JSONValue?
    /// Its tensors, by the names that all models of the family share, in the order of the checkpoint.
    public let tensors: OrderedDictionary<String, LazyTensor>
    /// The files that hold its weights, and the index of several.
    public let files: [String]
    /// The commit of a model of the hub; nil for other ones.
    public let commit: String?
    /// The checkpoint's own names.
    private let ownNames: OrderedDictionary<String, String>

    init(
        name: String, location: String, directory: String, configuration: JSONValue?,
        tensors: OrderedDictionary<String, LazyTensor>, files: [String], commit: String?,
        ownNames: OrderedDictionary<String, String>
    ) {
        self.name = name
        self.location = location
        self.directory = directory
        self.configuration = configuration
        self.tensors = tensors
        self.files = files
        self.commit = commit
        self.ownNames = ownNames
    }

    /// The checkpoint's own name of a tensor.
    public func name(of key: String) -> String { ownNames[key] ?? key }

    /// A model with other tensors of the same names, which need more files: this one with an adapter.
    func with(
        name: String, location: String, tensors: OrderedDictionary<String, LazyTensor>, files added: [String]
    ) -> PooledModel {
        PooledModel(
            name: name, location: location, directory: directory, configuration: configuration, tensors: tensors,
            files: files + added, commit: commit, ownNames: ownNames)
    }
}
