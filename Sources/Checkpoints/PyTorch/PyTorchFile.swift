/// A file that `torch.save` wrote (`.bin`, `.pt`, `.pth`), with the tensors of one state dict.
///
/// Nothing in the file is executed: tensors and plain data are read, and a file that needs any other object is refused with
/// the names of these objects. No tensor's elements are read before they are asked for.
///
/// Both forms are read: the zip archives of PyTorch since 1.6, and the pickles followed by storages before.
public struct PyTorchFile: Sendable {
    /// How a file is laid out.
    public enum Form: Sendable {
        /// A zip archive; PyTorch since 1.6.
        case zip
        /// Pickles, then storages, one after another.
        case pickles
    }

    /// Something beside the tensors, which is left out.
    public struct SkippedEntry: Sendable, Hashable {
        /// The keys that lead to it, joined with dots.
        public let name: String
        /// The name of its type in Python: `dict`, `int`, `str`.
        public let type: String
    }

    /// The path that it was opened with.
    public let path: String
    /// How it is laid out.
    public let form: Form
    /// The key of the saved dictionary that the tensors are under; nil if that dictionary holds them itself.
    public let key: String?
    /// The tensors, in the order of their dictionary.
    public let stateDict: LazyStateDict
    /// What else the dictionaries hold: an epoch, the state of an optimizer.
    public let skipped: [SkippedEntry]

    /// Opens a file, and looks for the state dict in it.
    ///
    /// The state dict is the saved dictionary itself, or what it has under `state_dict`, `model_state_dict`, `model` or
    /// `module`: the first of these that holds tensors.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - removesDataParallelPrefix: Whether names lose the `module.` that `DataParallel` puts before them.
    /// - Throws: `CheckpointError.refusedObjects` if the file holds more than tensors and plain data, `.noTensors` if there
    ///   is no state dict in it, `.unsupportedTensors` if tensors are of types that are not read, and others if it is
    ///   damaged or cannot be read.
    public init(_ path: String, removesDataParallelPrefix: Bool = false) throws(CheckpointError) {
        let contents = try TorchContents(try CheckpointFile(path))
        let selection = try StateDictSelection(contents)
        self.path = path
        form = contents.form
        key = selection.key
        skipped = selection.skipped
        stateDict = LazyStateDict(
            tensors: try selection.lazyTensors(removing: removesDataParallelPrefix ? "module." : ""), path: path)
    }
}
