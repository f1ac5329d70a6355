import Checkpoints
import Configuration
import Datasets
import Models
import OperatingSystem
import OrderedCollections

/// Evaluates vision towers of CLIP on tasks of image classification, without training: an image belongs to the class whose
/// texts lie closest to it.
struct CLIPVisionModelTaskPool: TaskPool {
    /// What is kept of each layer's output.
    struct FeatureSaving: Sendable {
        /// The directory that gets a folder for each task.
        let path: String
        /// Whether only the class token is kept.
        let isFirstTokenOnly: Bool
        /// Of how many images; nil for all.
        let limit: Int?
    }

    var tasks: [ImageTask]
    /// The model whose text tower and projections make the classifier.
    let clipModel: ModelReference
    /// The directory of the tokenizer, and of the image processor if no other is named.
    let processor: ModelReference
    /// The directory of the image processor.
    let imageProcessor: ModelReference
    /// The images that `fast_dev_run` looks at, of each task.
    let batchSize: Int
    /// Whether it looks at no more; nil for what the program says.
    let isFastDevelopmentRun: Bool?
    let badSamples: ImageBatches.BadSamples
    let features: FeatureSaving?

    /// The images of a unit.
    ///
    /// It is fixed, so that results depend on neither ranks nor threads nor `batch_size`.
    static let microBatchSize = 32

    private static var cache: HubCache { HubCache(environment: ProcessEnvironment.all) }

    func problems() -> [String] {
        var problems: [String] = []
        func look(_ what: String, _ body: () throws -> Void) {
            do { try body() } catch {
                let text = "\(what): \(error)"
                if !problems.contains(text) { problems.append(text) }
            }
        }
        look("The model that classifies") { _ = try checkpoint() }
        look("The tokenizer") { _ = try tokenizer() }
        look("The image processor") { _ = try loadedImageProcessor() }
        for task in tasks {
            look("The task '\(task.name)'") { _ = try ImageColumns(of: task.dataset.open()) }
        }
        return problems
    }

    func summary(in context: FusionContext) throws -> String? {
        let counts = try tasks.map { try exampleCount(of: $0.dataset.open(), in: context) }
        let images = counts.reduce(0, +)
        return "\(images) images of \(tasks.count) tasks: \(tasks.map(\.name).joined(separator: ", "))"
    }

    private func exampleCount(of dataset: any Dataset, in context: FusionContext) -> Int {
        isFastDevelopmentRun ?? context.isFastDevelopmentRun ? min(batchSize, dataset.count) : dataset.count
    }

    func evaluate(_ model: FusedModel, of pool: ModelPool, in context: FusionContext) throws -> EvaluationReport {
        let evaluation = try CLIPVisionEvaluation(self, model, of: pool, in: context)
        return try evaluation.run()
    }

    var taskNames: [String]? { tasks.map(\.name) }

    func restricted(to names: [String]) -> (any TaskPool)? {
        var pool = self
        pool.tasks = names.compactMap { name in tasks.first { $0.name == name } }
        return pool.tasks.isEmpty ? nil : pool
    }

    func checkpoint() throws -> CLIPCheckpoint { try CLIPCheckpoint(clipModel.checkpointLocation, cache: Self.cache) }

    func tokenizer() throws -> Tokenizer { try Tokenizer(directory: Self.directory(processor)) }

    func loadedImageProcessor() throws -> CLIPImageProcessor {
        try CLIPImageProcessor(directory: Self.directory(imageProcessor))
    }

    private static func directory(_ reference: ModelReference) throws -> String {
        try reference.checkpointLocation.resolvedDirectory(cache: cache)
    }

    /// The micro-batches of a task.
    func batches(of task: ImageTask, _ processor: CLIPImageProcessor, in context: FusionContext) throws -> ImageBatches
    {
        let dataset = try task.dataset.open()
        return try ImageBatches(
            of: dataset, columns: ImageColumns(of: dataset), processor: processor,
            plan: BatchPlan(exampleCount: exampleCount(of: dataset, in: context), batchSize: Self.microBatchSize),
            badSamples: badSamples)
    }
}

extension TargetRegistry {
    mutating func registerCLIPVisionModelTaskPool() {
        register(
            "fusion_bench.taskpool.CLIPVisionModelTaskPool",
            "fusion_bench.taskpool.clip_vision.CLIPVisionModelTaskPool",
            "fusion_bench.taskpool.clip_vision.taskpool.CLIPVisionModelTaskPool",
            parameters: Parameter<ConfigurationValue>("test_datasets"), Parameter<ModelReference>("clip_model"),
            Parameter<ModelReference>("processor"), Parameter<ModelReference?>("data_processor", default: nil),
            Parameter<ConfigurationValue?>("dataloader_kwargs", default: nil),
            Parameter<String?>("layer_wise_feature_save_path", default: nil),
            Parameter("layer_wise_feature_first_token_only", default: true),
            Parameter<Int?>("layer_wise_feature_max_num", default: nil),
            Parameter<Bool?>("fast_dev_run", default: nil),
            Parameter("on_bad_sample", default: Choice(ImageBatches.BadSamples.stop)), additional: .areIgnored
        ) { datasets, clipModel, processor, imageProcessor, loading, featurePath, isFirstOnly, limit, isFast, bad in
            CLIPVisionModelTaskPool(
                tasks: try ImageTask.tasks(datasets), clipModel: clipModel, processor: processor,
                imageProcessor: imageProcessor ?? processor,
                batchSize: loading?["batch_size"].flatMap { PositiveInteger.decode(.value($0))?.value } ?? 1,
                isFastDevelopmentRun: isFast, badSamples: bad.value,
                features: featurePath.map {
                    CLIPVisionModelTaskPool.FeatureSaving(
                        path: $0, isFirstTokenOnly: isFirstOnly, limit: limit.flatMap { $0 > 0 ? $0 : nil })
                })
        }
    }
}

extension ModelReference {
    /// Where it is, without an adapter.
    var checkpointLocation: CheckpointLocation {
        CheckpointLocation(location, revision: revision, subfolder: subfolder)
    }
}
