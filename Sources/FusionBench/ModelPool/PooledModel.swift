public import Checkpoints
public import OrderedCollections

/// A model of a pool whose headers have been read.
public struct PooledModel: Sendable {
    /// Its name in the pool.
    public let name: String
    /// Where it was found.
    public let location: String
    /// The directory that holds its configuration; nil for a single file.
    public let directory: String?
    /// Its tensors, by the names that all models of the family share, in the order of the checkpoint.
    public let tensors: OrderedDictionary<String, LazyTensor>
    /// The checkpoint's own names, where they differ.
    private let ownNames: [String: String]

    init(
        name: String, location: String, directory: String?, tensors: OrderedDictionary<String, LazyTensor>,
        ownNames: [String: String]
    ) {
        self.name = name
        self.location = location
        self.directory = directory
        self.tensors = tensors
        self.ownNames = ownNames
    }

    /// The checkpoint's own name of a tensor.
    public func name(of key: String) -> String { ownNames[key] ?? key }
}
