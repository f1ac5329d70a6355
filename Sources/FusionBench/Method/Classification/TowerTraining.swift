import Checkpoints
import Datasets
import Fabric
import Models
import Networks
import OperatingSystem
import OrderedCollections
import Tensors

/// Trains a vision tower to classify: the cross-entropy of images against the texts of their classes, summed over tasks.
///
/// Texts and projections stay as they are.
struct TowerTraining: Sendable {
    /// A task: its images, and unit vectors `[classes, projection]` of its texts.
    private struct Task: Sendable {
        let images: TrainingImages
        let head: Tensor
    }

    let tower: TrainableTower
    private let tasks: [Task]
    private let projections: CLIPProjections
    private let fabric: Fabric

    /// Opens the training data of a pool, and makes the classifiers of its tasks; all ranks do it together.
    ///
    /// - Parameters:
    ///   - pool: Names the data sets under `train_datasets`; its pretrained model has the text tower.
    ///   - tower: What is trained.
    ///   - settings: How it is trained.
    ///   - context: What surrounds the fusion.
    /// - Throws: What is wrong with models or data sets.
    init(_ pool: ModelPool, _ tower: TrainableTower, _ settings: TrainingData, in context: FusionContext) throws {
        self.tower = tower
        fabric = context.fabric
        let checkpoint = try AdaptationData.checkpoint(of: pool)
        let directory = try pool.processorDirectory()
        let processor = try CLIPImageProcessor(directory: directory)
        let (text, projections) = try checkpoint.textModelAndProjections()
        self.projections = projections
        let heads = ZeroShotHeads(
            text: text, projections: projections, tokenizer: try Tokenizer(directory: directory),
            cache: try ZeroShotHeadCache.ofJob(checkpoint, in: context), fabric: context.fabric)
        tasks = try pool.data.tasks(.train).map { task in
            Task(
                images: try TrainingImages(
                    task, processor: processor, imageSize: tower.configuration.imageSize,
                    batchSize: settings.batchSize, microBatchSize: settings.microBatchSize, seed: settings.seed),
                head: try heads.head(of: task.classes))
        }
    }

    /// The names of the tasks.
    var taskNames: [String] { tasks.map(\.images.task.name) }

    /// The loss and the gradients of a step.
    ///
    /// - Parameters:
    ///   - step: The number of the step.
    ///   - parameters: What is trained.
    ///   - selection: The numbers of the tasks whose images are looked at; nil for all.
    /// - Returns: The same on all ranks.
    /// - Throws: An error of reading an image.
    func gradients(
        ofStep step: Int, _ parameters: OrderedDictionary<String, Tensor>, tasks selection: [Int]? = nil
    ) throws -> Training.Step {
        let numbers = selection ?? Array(tasks.indices)
        var units: [TrainingImages.MicroBatch] = []
        for number in numbers {
            let first = units.last.map { $0.first + $0.rows.count } ?? 0
            units += tasks[number].images.microBatches(ofStep: step, task: number, first: first)
        }
        let sums = try fabric.sumGradients(
            "images of a step", units: units, cost: { Double($0.rows.count) }, of: parameters
        ) { unit in
            let (loss, gradients) = try self.gradients(of: unit, step, parameters)
            return (self.tasks.indices.map { $0 == unit.task ? loss : 0 }, gradients)
        }
        let losses = sums.numbers
        let metrics =
            numbers.count > 1 ? numbers.map { (name: "train/loss_\(taskNames[$0])", value: losses[$0]) } : []
        return Training.Step(loss: losses.reduce(0, +), gradients: sums.gradients, metrics: metrics)
    }

    private func gradients(
        of unit: TrainingImages.MicroBatch, _ step: Int, _ parameters: OrderedDictionary<String, Tensor>
    ) throws -> (loss: Double, gradients: [Tensor]) {
        let task = tasks[unit.task]
        let batch = try task.images.images(of: unit)
        let tape = GradientTape()
        let watched = parameters.mapValues { tape.watch($0) }
        let network = try tower.network(watched, step: step, firstExample: unit.first)
        let logits = projections.logits(projections.images(network(try batch.pixels)), task.head)
        let loss = try crossEntropy(logits, Tensor(batch.labels)) * unit.share
        return (loss.number, tape.gradients(of: loss, to: Array(watched.values)))
    }
}

/// How training data are cut into steps.
struct TrainingData: Sendable, Equatable {
    /// The images of each task in a step.
    let batchSize: Int
    /// The images at most that are worked on at once; the bits of the result depend on it.
    let microBatchSize: Int
    /// The seed of the order of images.
    let seed: UInt64
}
