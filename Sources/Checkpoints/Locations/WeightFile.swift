import OperatingSystem

/// A file that leads to a model's weights, and what kind of file it is.
public struct WeightFile: Sendable, Hashable {
    /// The formats that can be read.
    public enum Kind: Sendable, Hashable, CaseIterable {
        case safetensors
        case safetensorsIndex
        case pytorch
        case pytorchIndex
    }

    /// Where it is.
    public let path: String
    /// Its format.
    public let kind: Kind

    /// A file, whose kind its name tells.
    ///
    /// - Returns: Nil if the name has none of `nameEndings`.
    public init?(_ path: String) {
        guard let kind = Self.endings.first(where: { path.hasSuffix($0.ending) })?.kind else { return nil }
        self.path = path
        self.kind = kind
    }

    /// The longer ones first.
    private static let endings: [(ending: String, kind: Kind)] = [
        (".safetensors.index.json", .safetensorsIndex), (".bin.index.json", .pytorchIndex),
        (".safetensors", .safetensors), (".bin", .pytorch), (".pt", .pytorch), (".pth", .pytorch),
    ]

    /// How the names of such files end.
    public static let nameEndings = endings.map(\.ending)

    /// The files of a model directory that may hold the weights; the first that is there counts, as in Transformers; then
    /// those of OpenCLIP.
    public static let preferredNames = [
        WeightFileName.safetensors, WeightFileName.safetensorsIndex, WeightFileName.pytorch,
        WeightFileName.pytorchIndex, WeightFileName.openCLIPSafetensors, WeightFileName.openCLIPPyTorch,
    ]

    /// The tensors of the file, and of those that it names, none of them read yet.
    ///
    /// - Throws: `CheckpointError` if a file cannot be read, or is wrong.
    public func stateDict() throws(CheckpointError) -> LazyStateDict {
        switch kind {
        case .safetensors: return try SafetensorsFile(path).stateDict
        case .pytorch: return try PyTorchFile(path).stateDict
        case .safetensorsIndex, .pytorchIndex:
            return try LazyStateDict(indexedBy: path) { (shard) throws(CheckpointError) in
                guard let file = WeightFile(shard), file.kind == .safetensors || file.kind == .pytorch else {
                    throw .invalidIndex(path: path, .notWeights(shard: shard))
                }
                return try file.stateDict()
            }
        }
    }
}
