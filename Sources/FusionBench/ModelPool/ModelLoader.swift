import Checkpoints
import JSON
import OperatingSystem
import OrderedCollections

/// Finds the models of one family, reads their headers, and gives their tensors the names that the family shares.
struct ModelLoader {
    let family: ModelFamily
    let cache = HubCache(environment: ProcessEnvironment.all)

    /// Reads a model's headers.
    ///
    /// - Parameters:
    ///   - reference: Where it is.
    ///   - name: Its name in the pool.
    ///   - template: A model whose names it is to have, if it is of a family with several spellings.
    /// - Throws: `CheckpointError` or `KeyMapProblem`, with the path.
    func load(_ reference: ModelReference, name: String, template: PooledModel?) throws -> PooledModel {
        let location = CheckpointLocation(
            reference.location, revision: reference.revision, subfolder: reference.subfolder)
        let resolved = try location.resolved(cache: cache)
        let configuration = Self.configuration(in: resolved.directory)
        var stateDict = try resolved.weights.stateDict()
        if family.tiesWeights {
            let ties = configuration?["tie_word_embeddings"].flatMap { $0 == .boolean(false) ? false : true }
            stateDict = try stateDict.withoutTiedWeights(tiesWordEmbeddings: ties).stateDict
        }
        let map = try keyMap(Array(stateDict.tensors.keys), template, configuration, reference.location)
        return PooledModel(
            name: name, location: reference.location, directory: resolved.directory, configuration: configuration,
            tensors: stateDict.renamed(by: map).tensors, ownNames: map.originals)
    }

    private func keyMap(
        _ names: [String], _ template: PooledModel?, _ configuration: JSONValue?, _ location: String
    ) throws -> KeyMap {
        do throws(KeyMapProblem) {
            if family == .clipVision { return try KeyMap(clipVision: names) }
            let type = (template?.configuration ?? configuration)?["model_type"]?.string ?? ""
            return try KeyMap(
                names, as: template.map { Array($0.tensors.keys) } ?? names,
                baseModelPrefix: KeyMap.prefix(ofModelType: type))
        } catch {
            throw ModelPoolError.names(location: location, problem: error)
        }
    }

    /// What `config.json` holds; nil if there is none that can be read.
    private static func configuration(in directory: String) -> JSONValue? {
        guard let bytes = try? FileSystem.read(FileSystem.join(directory, "config.json")) else { return nil }
        return try? JSONValue(parsing: bytes)
    }
}

extension ModelFamily {
    /// Whether the layers for words going in and out may have the same weights.
    fileprivate var tiesWeights: Bool {
        switch self {
        case .causalLanguageModel, .sequenceToSequence, .sequenceClassification: true
        case .generic, .clipVision: false
        }
    }
}
