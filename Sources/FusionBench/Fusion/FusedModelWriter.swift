import Checkpoints
import Fabric
import JSON
import OperatingSystem
import OrderedCollections
import Tensors

/// Writes a fused model as a directory that Hugging Face's tools open.
struct FusedModelWriter {
    let model: FusedModel
    let pool: ModelPool
    let directory: String
    let options: SaveOptions
    /// What the model card and the metadata say about the making of the model.
    let provenance: Provenance
    private let writer: CheckpointWriter

    /// Plans a directory; nothing is written yet.
    ///
    /// - Throws: `CheckpointError` if the format has no room for the tensors.
    init(
        _ model: FusedModel, of pool: ModelPool, to directory: String, options: SaveOptions, provenance: Provenance
    ) throws {
        var model = model
        if let dtype = options.dtype { model.store(as: dtype) }
        self.model = model
        self.pool = pool
        self.directory = directory
        self.options = options
        self.provenance = provenance
        var output = CheckpointOutput(
            directory: directory,
            tensors: model.parameters.map { TensorDescription(name: $0.name, dtype: $0.dtype, shape: $0.shape) })
        output.shardSize = options.shardSize
        output.metadata = provenance.metadata
        output.companions = Self.companions(of: model, options)
        output.modelCard = ModelCard(
            title: FileSystem.display(directory).split(separator: "/").last.map(String.init) ?? "Merged model",
            summary: provenance.summary, models: pool.references.values.map(\.location), recipe: provenance.recipe,
            digests: provenance.inputs.models.flatMap { name, model in
                model.files.map { .init(model: name, file: $0.key, digest: $0.value) }
            })
        output.inputs = pool.inputs()
        writer = try CheckpointWriter(output)
    }

    /// What is wrong with the place, as far as it can be known before anything is written.
    var problems: [CheckpointError] { writer.problems() }

    /// The bytes that will be written.
    var byteCount: Int { writer.byteCount }

    /// Computes the model and writes it; global zero alone writes, under temporary names until all is there.
    ///
    /// All ranks do it together.
    ///
    /// - Throws: An error of reading, merging or writing; what was there before is then still there.
    func write(in context: FusionContext) throws {
        let fabric = context.fabric
        if fabric.isGlobalZero {
            // What a job that was killed has left there.
            TemporaryFiles.removeStale(in: directory)
            for path in writer.temporaryPaths { fabric.holdTemporaryFile(path) }
        }
        do {
            try compute(in: context)
        } catch {
            writer.abandon()
            throw error
        }
        if fabric.isGlobalZero {
            for path in writer.temporaryPaths { fabric.releaseTemporaryFile(path) }
        }
        try fabric.barrier("saved model")
    }

    private func compute(in context: FusionContext) throws {
        if context.fabric.isGlobalZero { try writer.create() }
        let (writer, names) = (writer, model.parameters.map(\.name))
        let stream = FusedModelStream(model: model, modelNames: pool.modelNames, context: context)
        try stream.run("merging") { piece in
            try writer.write(piece.bytes, to: names[piece.parameter], at: piece.range.lowerBound)
        }
        if context.fabric.isGlobalZero { _ = try writer.finish(flushing: options.isFlushed) }
    }

    /// Configuration, tokenizer and processor of the template, the configuration with what the fusion changes.
    private static func companions(of model: FusedModel, _ options: SaveOptions) -> [CompanionFile] {
        var files = CompanionFile.all(in: model.template.directory)
        guard let index = files.firstIndex(where: { $0.name == "config.json" }),
            let entries = model.template.configuration?.object
        else { return files }
        var changed = entries
        for (key, value) in model.configurationChanges { changed[key] = value }
        if let name = options.dtype.flatMap(SaveOptions.name) {
            for key in ["dtype", "torch_dtype"] where changed[key] != nil { changed[key] = .string(name) }
        }
        if changed != entries {
            files[index].content = .bytes(Array((JSONValue.object(changed).text(indent: 2) + "\n").utf8))
        }
        return files
    }
}

extension ModelPool {
    /// The files and directories of all models that have been looked at.
    func inputs() -> [String] {
        allNames.flatMap { name -> [String] in
            guard let directory = try? load(name).directory else { return [] }
            return [directory] + FileSystem.names(in: directory).map { FileSystem.join(directory, $0) }
        }
    }
}
