public import OrderedCollections

/// The tensors of a model by name, in the order of the checkpoint, none of them read yet.
public struct LazyStateDict: Sendable {
    /// The tensors by name.
    public var tensors: OrderedDictionary<String, LazyTensor>
    /// Texts that the checkpoint carries beside its tensors.
    public var metadata: OrderedDictionary<String, String>
    /// Where it was read from, for messages.
    public let path: String

    /// A state dict from its tensors.
    public init(
        tensors: OrderedDictionary<String, LazyTensor>, metadata: OrderedDictionary<String, String> = [:], path: String
    ) {
        self.tensors = tensors
        self.metadata = metadata
        self.path = path
    }

    /// The bytes of all tensors.
    public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }
}
