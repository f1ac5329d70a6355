import OperatingSystem
public import OrderedCollections

/// What a model's directory is to hold.
public struct CheckpointOutput: Sendable {
    /// Where it will be.
    public var directory: String
    /// The tensors, in the order of the model.
    public var tensors: [TensorDescription]
    /// How large a file may become.
    public var shardSize = ShardSize.standard
    /// Texts to be carried beside the tensors, such as what made them.
    ///
    /// The entry `format: pt` is added, without which Transformers reads no file.
    public var metadata: OrderedDictionary<String, String> = [:]
    /// Configuration, tokenizer and whatever else belongs to the model.
    public var companions: [CompanionFile] = []
    /// The page for people; nil for none.
    public var modelCard: ModelCard?
    /// The files and directories from which the model is made, which are never written to.
    public var inputs: [String] = []

    /// A directory with tensors, and nothing else yet.
    public init(directory: String, tensors: [TensorDescription]) {
        self.directory = directory
        self.tensors = tensors
    }

    /// The small files: companions, model card, and the index of several shards, which comes last.
    func smallFiles(of plan: ShardPlan) -> [CompanionFile] {
        var files = companions
        if let modelCard {
            files.removeAll { $0.name == "README.md" }
            files.append(CompanionFile(name: "README.md", content: .bytes(Array(modelCard.text.utf8))))
        }
        if let index = plan.index {
            let bytes = Array(index.text.utf8)
            files.append(CompanionFile(name: WeightFileName.safetensorsIndex, content: .bytes(bytes)))
        }
        return files
    }
}
