import Checkpoints
import Configuration
import Datasets
import Fabric
import Models
import Networks
import OperatingSystem
import OrderedCollections
import Tensors

/// Compares the hidden states of fine-tuned vision towers, layer by layer, with those of two approximations by task vectors of
/// low rank: a tower for each task, and SMILE's one tower with an expert for each.
///
/// Merges nothing. Tang et al.: "SMILE: zero-shot sparse mixture of low-rank experts construction from pre-trained foundation
/// models" (2024, arXiv 2408.10174).
struct ErrorAccumulation: AlignedFusionMethod {
    let ranks: UpscaledTowers.Ranks
    /// The seed of the order of images.
    let seed: UInt64
    /// The images that are counted together.
    let batchSize: Int
    /// How many images of each task are enough.
    let imageLimit: Int

    /// The name of the table.
    static let fileName = "error_accumulation.csv"
    /// The towers that are compared, as their directories are called; the others are compared with the first.
    static let towerNames = ["finetuned", "smile", "low-rank"]
    /// The images at most that a thread looks at together: fixed, so that results depend on neither ranks nor threads.
    private static let microBatchSize = 16

    var methodName: String { "Error accumulation" }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        guard LinearWeights.contains(parameter.key, parameter.input.shape) else { return 0 }
        let (rows, columns) = (parameter.input.shape.dimensions[0], parameter.input.shape.dimensions[1])
        let count = min(rows, columns, max(ranks.gate, ranks.expert))
        return WholeTensorMemory.values(parameter.input.shape, inputs: parameter.input.models.count + 1)
            + WholeTensorMemory.matrices(1, rows, columns) + WholeTensorMemory.singularVectors(rows, columns, count)
            + WholeTensorMemory.singleMatrices(parameter.input.models.count, count, rows + columns)
    }

    func problems(with models: AlignedModels, of pool: ModelPool) -> [String] {
        guard pool.family == .clipVision else { return ["\(methodName) needs a pool of CLIP vision models"] }
        guard models.problems.isEmpty else { return [] }
        var problems: [String] = []
        if ranks.chosen > models.models.count {
            problems.append(
                "\(methodName) needs a 'top_k' up to the number of models, \(models.models.count), not \(ranks.chosen)")
        }
        do {
            try check(models, against: AdaptationData.visionConfiguration(of: models, in: pool))
        } catch {
            problems.append("\(methodName): \(error)")
        }
        return problems
            + pool.problemsWithImages(needsTokenizer: false) {
                try pool.data.tasks(.test, named: pool.modelNames)
            }.map { "\(methodName): \($0)" }
    }

    /// Checks that the models are towers of a configuration, without reading them.
    private func check(_ models: AlignedModels, against configuration: CLIPVisionConfiguration) throws {
        guard configuration.channelCount == 3 else {
            throw FusionError.several(["images have 3 colours, but the model takes \(configuration.channelCount)"])
        }
        let expected = Parameters.shapes { CLIPVisionModel($0, configuration) }
        let found = Dictionary(uniqueKeysWithValues: models.parameters.map { ($0.key, $0.input.shape) })
        var problems: [ParameterError.Problem] = expected.compactMap { name, shape in
            guard let own = found[name] else { return .missing(name: name, shape: shape, nearest: []) }
            return own == shape ? nil : .wrongShape(name: name, found: own, expected: shape)
        }
        problems += models.parameters.filter { expected[$0.key] == nil }.map { .unexpected(name: $0.key) }
        guard problems.isEmpty else { throw ParameterError(problems: problems) }
    }

    func fuse(_ models: AlignedModels, of pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        let configuration = try AdaptationData.visionConfiguration(of: models, in: pool)
        let processor = try CLIPImageProcessor(directory: pool.processorDirectory())
        let images = try pool.data.tasks(.test, named: pool.modelNames).map { task in
            try TrainingImages(
                task, processor: processor, imageSize: configuration.imageSize, batchSize: batchSize,
                microBatchSize: Self.microBatchSize, seed: seed)
        }
        let towers = try UpscaledTowers(models, configuration, ranks, in: context)
        let mixture = try towers.mixture()
        var table = "model_name,method,layer_index,approximation_error\n"
        for (number, images) in images.enumerated() {
            let states = try HiddenStates(
                of: [towers.finetuned(number), mixture, towers.lowRank(number)], on: images,
                limit: context.isFastDevelopmentRun ? 1 : imageLimit, context.fabric)
            try save(states, of: images.task.name, in: context)
            table += rows(states, of: images.task.name)
        }
        let path = FileSystem.join(context.outputDirectory, Self.fileName)
        try context.fabric.save(Array(table.utf8), to: path, "table of errors")
        return .nothing
    }

    /// The rows of a task, with the columns that the reference collects.
    private func rows(_ states: HiddenStates, of task: String) -> String {
        guard states.count > 0 else { return "" }
        return Self.towerNames.indices.dropFirst().flatMap { tower in
            states.values[tower].indices.map { layer in
                "\(CosineTable.quoted(task)),\(Self.towerNames[tower]),\(layer),"
                    + "\(states.relativeError(tower: tower, layer: layer))\n"
            }
        }.joined()
    }

    /// Writes the states of a task as the reference does: `‹task›/‹tower›/layer_‹number›.pth`, `[images, width]` each.
    private func save(_ states: HiddenStates, of task: String, in context: FusionContext) throws {
        for (tower, layers) in zip(Self.towerNames, states.values) {
            for (number, values) in layers.enumerated() {
                let name = "layer_\(number)"
                let file =
                    context.fabric.isGlobalZero
                    ? PyTorchTensorWriter.file(values, shape: [states.count, states.width], name: name) : []
                let path = [context.outputDirectory, task, tower, name + ".pth"].reduce("") { FileSystem.join($0, $1) }
                try context.fabric.save(file, to: path, "hidden states")
            }
        }
    }
}

extension TargetRegistry {
    mutating func registerErrorAccumulation() {
        register(
            "fusion_bench.method.smile_upscaling.error_accumulation.ErrorAccumulationAnalysisForCLIP",
            "fusion_bench.method.smile_upscaling.ErrorAccumulationAnalysisForCLIP",
            parameters: Parameter<PositiveInteger>("gate_k"), Parameter<PositiveInteger>("k"),
            Parameter("seed", default: 42), Parameter<PositiveInteger>("top_k", default: 1),
            Parameter("dataset_kwargs", default: LoadingSettings(batchSize: 32)),
            Parameter<PositiveInteger>("max_samples", default: 1024), additional: .areIgnored
        ) { gate, rank, seed, chosen, loading, limit in
            ErrorAccumulation(
                ranks: UpscaledTowers.Ranks(gate: gate.value, expert: rank.value, chosen: chosen.value),
                seed: UInt64(bitPattern: Int64(seed)), batchSize: loading.batchSize.value, imageLimit: limit.value)
        }
    }
}

/// The arguments of a data loader, of which only the size of batches means anything here.
private struct LoadingSettings: ConfigurationDecodable {
    let batchSize: PositiveInteger

    static let expectedDescription = "a mapping whose batch_size is a whole number from 1, or null"

    static func decode(_ argument: Argument) -> LoadingSettings? {
        if argument.source.isNull { return LoadingSettings(batchSize: 32) }
        guard argument.source.entries != nil else { return nil }
        // A loader of the reference takes images one by one if nobody says more.
        guard let size = argument.source["batch_size"] else { return LoadingSettings(batchSize: 1) }
        return PositiveInteger.decode(.value(size)).map(LoadingSettings.init(batchSize:))
    }
}
