import Checkpoints
import JSON
import Models
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
    ///   - template: A model of the pool: the names of its tensors are those that all are to have, and an adapter that
    ///     stands alone is added to it.
    /// - Returns: The model, with an adapter added.
    /// - Throws: `CheckpointError` or `ModelPoolError`, with the path.
    func load(_ reference: ModelReference, name: String, template: PooledModel?) throws -> PooledModel {
        let location = CheckpointLocation(
            reference.location, revision: reference.revision, subfolder: reference.subfolder)
        if let seed = reference.initializationSeed { return try initialized(location, seed: seed, name: name) }
        if let adapter = try LoRAAdapter.find(at: location, cache: cache) {
            return try merged(adapter, into: try base(of: adapter, template), reference.location, name)
        }
        let model = try load(location, name: name, template: template)
        guard let path = reference.adapter else { return model }
        guard let adapter = try LoRAAdapter.find(at: CheckpointLocation(path), cache: cache) else {
            throw ModelPoolError.noAdapter(location: path)
        }
        return try merged(adapter, into: model, path, name)
    }

    /// A model with random weights, of a directory that has everything else.
    private func initialized(_ location: CheckpointLocation, seed: UInt64, name: String) throws -> PooledModel {
        let directory = try location.resolvedDirectory(cache: cache)
        let path = FileSystem.join(directory, "config.json")
        let configuration: JSONValue
        do {
            configuration = try JSONValue(parsing: FileSystem.read(path))
        } catch {
            throw CLIPError.noConfiguration(path: path, problem: "\(error)")
        }
        let stateDict = LazyStateDict(
            tensors: try CLIPInitialization(configuration, path: path, seed: seed).tensors, path: directory)
        let map = try keyMap(Array(stateDict.tensors.keys), nil, configuration, location.name)
        return PooledModel(
            name: name, location: location.name, directory: directory, configuration: configuration,
            tensors: stateDict.renamed(by: map).tensors, files: [], commit: nil, ownNames: map.originals)
    }

    /// What an adapter that stands alone is added to: the pool's template, or what it was trained on.
    private func base(of adapter: LoRAAdapter, _ template: PooledModel?) throws -> PooledModel {
        if let template { return template }
        guard let base = adapter.configuration.baseModel else {
            throw ModelPoolError.adapterWithoutBase(location: adapter.tensors.path)
        }
        return try load(CheckpointLocation(base), name: base, template: nil)
    }

    private func merged(
        _ adapter: LoRAAdapter, into base: PooledModel, _ location: String, _ name: String
    ) throws -> PooledModel {
        let stateDict = LazyStateDict(tensors: base.tensors, path: base.location)
        return base.with(
            name: name, location: location, tensors: try adapter.merged(into: stateDict).tensors,
            files: adapter.tensors.files)
    }

    private func load(_ location: CheckpointLocation, name: String, template: PooledModel?) throws -> PooledModel {
        let resolved = try location.resolved(cache: cache)
        let configuration = Self.configuration(in: resolved.directory)
        var stateDict = try resolved.weights.stateDict()
        let files = stateDict.files
        if family.tiesWeights {
            let ties = configuration?["tie_word_embeddings"].flatMap { $0 == .boolean(false) ? false : true }
            stateDict = try stateDict.withoutTiedWeights(tiesWordEmbeddings: ties).stateDict
        }
        let map = try keyMap(Array(stateDict.tensors.keys), template, configuration, location.name)
        return PooledModel(
            name: name, location: location.name, directory: resolved.directory, configuration: configuration,
            tensors: stateDict.renamed(by: map).tensors, files: files, commit: resolved.commit,
            ownNames: map.originals)
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
