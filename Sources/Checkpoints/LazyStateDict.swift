import Diagnostics
public import OrderedCollections

/// The tensors of a model by name, in the order of the checkpoint, none of them read yet.
public struct LazyStateDict: Sendable {
    /// The tensors by name.
    public var tensors: OrderedDictionary<String, LazyTensor>
    /// Texts that the checkpoint carries beside its tensors.
    public var metadata: OrderedDictionary<String, String>
    /// Where it was read from, for messages.
    public let path: String
    /// All files that it was read from.
    public let files: [String]

    /// A state dict from its tensors.
    ///
    /// - Parameters:
    ///   - tensors: The tensors by name.
    ///   - metadata: Texts that the checkpoint carries.
    ///   - path: Where it was read from.
    ///   - files: All files that it was read from; nil for the one at the path.
    public init(
        tensors: OrderedDictionary<String, LazyTensor>, metadata: OrderedDictionary<String, String> = [:], path: String,
        files: [String]? = nil
    ) {
        self.tensors = tensors
        self.metadata = metadata
        self.path = path
        self.files = files ?? [path]
    }

    /// The bytes of all tensors.
    public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }

    /// The tensor of a name.
    ///
    /// - Throws: `CheckpointError.missingTensor` with the nearest names.
    public func tensor(_ name: String) throws(CheckpointError) -> LazyTensor {
        guard let tensor = tensors[name] else {
            throw .missingTensor(path: path, name: name, nearest: NearestNames.of(name, among: tensors.keys))
        }
        return tensor
    }
}
