import Checkpoints
import Datasets
import Fabric
import Models
import OperatingSystem
import OrderedCollections
import Tensors

/// What coefficients are learned from: unlabeled images of each task, and the classifier for them.
struct AdaptationData: Sendable {
    /// A task of the pool: that of the model with its name.
    struct Task: Sendable {
        let name: String
        let batches: UnlabeledBatches
        /// Unit vectors `[classes, projection]`.
        let head: Tensor
    }

    let tasks: [Task]
    let projections: CLIPProjections
    /// The most images that are looked at together, of any tasks.
    ///
    /// Small ones can be spread over more workers; each costs a pass over all task vectors. It follows from the number of
    /// images of a step, so that results depend on neither ranks nor threads.
    let microBatchSize: Int

    private static let manyImages = 64
    private static let smallMicroBatch = 8
    private static let largeMicroBatch = 16

    private static var cache: HubCache { HubCache(environment: ProcessEnvironment.all) }

    /// Opens the data sets, and makes the classifiers; all ranks do it together.
    ///
    /// - Parameters:
    ///   - pool: Names the data sets under `test_datasets`; its pretrained model has the text tower.
    ///   - batchSize: The images of each task in a step.
    ///   - context: What surrounds the fusion.
    /// - Throws: What is wrong with models or data sets.
    init(_ pool: ModelPool, batchSize: Int, in context: FusionContext) throws {
        let checkpoint = try Self.checkpoint(of: pool)
        let directory = try pool.processorDirectory()
        let processor = try CLIPImageProcessor(directory: directory)
        let (text, projections) = try checkpoint.textModelAndProjections()
        let heads = ZeroShotHeads(
            text: text, projections: projections, tokenizer: try Tokenizer(directory: directory),
            cache: try ZeroShotHeadCache.ofJob(checkpoint, in: context), fabric: context.fabric)
        self.projections = projections
        let tasks = try pool.data.tasks(.test, named: pool.modelNames)
        let images = tasks.count * batchSize
        microBatchSize = images < Self.manyImages ? Self.smallMicroBatch : Self.largeMicroBatch
        self.tasks = try tasks.map { [microBatchSize] task in
            Task(
                name: task.name,
                batches: try UnlabeledBatches(
                    task, processor, batchSize: batchSize, largestPart: microBatchSize, seed: context.seed),
                head: try heads.head(of: task.classes))
        }
    }

    /// What can be told to be wrong before anything is read.
    static func problems(with pool: ModelPool) -> [String] {
        var problems: [String] = []
        func look(_ body: () throws -> Void) {
            do { try body() } catch { problems.append("\(error)") }
        }
        look { _ = try checkpoint(of: pool) }
        return problems + pool.problemsWithImages { try pool.data.tasks(.test, named: pool.modelNames) }
    }

    /// The sizes of the vision towers of a pool.
    static func visionConfiguration(of models: AlignedModels, in pool: ModelPool) throws -> CLIPVisionConfiguration {
        try models.template.visionConfiguration() ?? checkpoint(of: pool).configuration.vision
    }

    /// The pretrained model with its text tower.
    static func checkpoint(of pool: ModelPool) throws -> CLIPCheckpoint {
        guard let reference = pool.references[ModelPool.pretrainedName] else {
            throw ModelPoolError.noSuchModel(name: ModelPool.pretrainedName, known: pool.allNames)
        }
        return try CLIPCheckpoint(reference.checkpointLocation, cache: cache)
    }
}
