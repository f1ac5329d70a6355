import OrderedCollections

extension LazyStateDict {
    /// The state dict with each tied tensor once.
    ///
    /// Tensors that are known to be tied in some models are compared, as Transformers does when it loads both: only
    /// equal ones are tied. Tensors that lie at the same place of a file are tied, too.
    ///
    /// - Parameter tiesWordEmbeddings: What the model's configuration says of `tie_word_embeddings`; nil if nothing.
    /// - Returns: The tensors that need to be stored, and which ones were left out.
    /// - Throws: `CheckpointError` if tensors that must be compared cannot be read.
    public func withoutTiedWeights(
        tiesWordEmbeddings: Bool?
    ) throws -> (stateDict: LazyStateDict, tied: [TiedWeight]) {
        let candidates = TiedWeight.candidates(among: tensors.keys)
        let untied = Set(candidates.filter { $0.isConfigurable && tiesWordEmbeddings == false }.map(\.name))
        var rest = self
        var tied: [TiedWeight] = []
        for candidate in candidates where !untied.contains(candidate.name) {
            guard let tensor = tensors[candidate.name], let source = tensors[candidate.source] else { continue }
            if try tensor.hasSameElements(as: source) {
                tied.append(candidate)
                rest.tensors[candidate.name] = nil
            }
        }
        var sources: OrderedDictionary<LazyTensor.Place, String> = [:]
        for name in rest.tensors.keys.sorted() where !untied.contains(name) {
            guard let place = rest.tensors[name]?.place else { continue }
            if let source = sources[place] {
                tied.append(TiedWeight(name: name, source: source, isConfigurable: false))
                rest.tensors[name] = nil
            } else {
                sources[place] = name
            }
        }
        return (rest, tied)
    }
}

extension LazyTensor {
    /// Where all elements of a tensor lie, and as what.
    fileprivate struct Place: Hashable {
        let file: ObjectIdentifier
        let offset: Int
        let description: TensorDescription
    }

    /// Nil for tensors without elements, and for those that are not simply a part of a file.
    fileprivate var place: Place? {
        guard let extent = source as? FileExtent, elementCount > 0 else { return nil }
        return Place(
            file: ObjectIdentifier(extent.file), offset: extent.offset,
            description: TensorDescription(name: "", dtype: dtype, shape: shape))
    }

    /// Whether type, shape and all bytes are the same.
    ///
    /// - Throws: `CheckpointError` if they cannot be read.
    func hasSameElements(as other: LazyTensor) throws -> Bool {
        guard dtype == other.dtype, shape == other.shape else { return false }
        if let place, place == other.place { return true }
        let step = 1 << 18
        for start in stride(from: 0, to: elementCount, by: step) {
            let elements = start..<min(start + step, elementCount)
            guard try read(elements) == other.read(elements) else { return false }
        }
        return true
    }
}
