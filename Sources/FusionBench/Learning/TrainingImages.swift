import Datasets
import Tensors

/// The images of a task in the order in which a training sees them: each epoch in a random order of its own, cut into
/// batches, the last of which may be smaller.
struct TrainingImages: Sendable {
    /// What the images are of.
    let task: ImageTask
    /// The number of images of a step, but for the last one of an epoch.
    let batchSize: Int
    private let batches: ImageBatches
    private let seed: UInt64
    /// The examples at most of a micro-batch.
    private let microBatchSize: Int

    /// Some images of one step that are worked on together.
    ///
    /// They follow from the step alone, so that results do not depend on who works on them.
    struct MicroBatch: Sendable {
        /// The number of the task among those of the training.
        let task: Int
        /// The rows of the data set.
        let rows: [Int]
        /// The place of the first image in the step.
        let first: Int
        /// The number of images of the task in the step.
        let stepCount: Int

        /// The share of the task's images in the step.
        var share: Double { Double(rows.count) / Double(stepCount) }
    }

    /// Opens the training data of a task.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - processor: What becomes of images.
    ///   - imageSize: The height and width that the model takes.
    ///   - batchSize: The number of images of a step.
    ///   - microBatchSize: The images at most that are worked on at once.
    ///   - seed: The seed of the order.
    /// - Throws: What is wrong with the data set.
    init(
        _ task: ImageTask, processor: CLIPImageProcessor, imageSize: Int, batchSize: Int, microBatchSize: Int,
        seed: UInt64
    ) throws {
        let dataset = try task.dataset.open()
        guard dataset.count > 0 else { throw TrainingError.noImages(task: task.name) }
        batches = try ImageBatches(
            of: dataset, columns: ImageColumns(of: dataset), processor: processor,
            plan: BatchPlan(exampleCount: dataset.count, batchSize: microBatchSize))
        guard batches.size.height == imageSize, batches.size.width == imageSize else {
            throw TrainingError.imageSize(
                task: task.name, found: batches.size.height, batches.size.width, expected: imageSize)
        }
        self.task = task
        self.batchSize = batchSize
        self.microBatchSize = microBatchSize
        self.seed = seed
    }

    /// The number of images.
    var count: Int { batches.dataset.count }

    /// The micro-batches of a step.
    ///
    /// - Parameters:
    ///   - step: The number of the step.
    ///   - number: The number of the task in the training.
    ///   - first: The place of the task's first image in the step.
    /// - Returns: All of them, in order.
    func microBatches(ofStep step: Int, task number: Int, first: Int = 0) -> [MicroBatch] {
        let epochLength = (count + batchSize - 1) / batchSize
        let plan = BatchPlan(
            exampleCount: count, batchSize: batchSize, order: .shuffled(seed: seed, epoch: step / epochLength))
        let rows = plan[step % epochLength]
        return stride(from: 0, to: rows.count, by: microBatchSize).map { start in
            MicroBatch(
                task: number, rows: Array(rows[start..<min(start + microBatchSize, rows.count)]), first: first + start,
                stepCount: rows.count)
        }
    }

    /// Reads the images of a micro-batch, whose labels are classes of the task.
    ///
    /// - Throws: `SampleError` for an image that cannot be read, `TrainingError.label` for a label that is no class.
    func images(of microBatch: MicroBatch) throws -> ImageBatch {
        let batch = try batches.batch(of: microBatch.rows, number: microBatch.first)
        let classCount = task.classes.classNames.count
        for (row, label) in zip(batch.rows, batch.labels) where !(0..<classCount).contains(label) {
            throw TrainingError.label(
                label, row: row, dataset: batches.dataset.name, task: task.name, classCount: classCount)
        }
        return batch
    }
}
