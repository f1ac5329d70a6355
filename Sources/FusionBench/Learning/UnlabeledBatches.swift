import Datasets
import Fabric
import Tensors

/// The images of a task in shuffled batches, epoch after epoch, each batch cut into micro-batches.
///
/// Which images stand in which micro-batch depends on the seed and the name of the task alone, so that a step can be found
/// again, by anyone, from its number.
struct UnlabeledBatches: Sendable {
    /// A part of a batch.
    struct MicroBatch: Sendable {
        let epoch: Int
        /// Its number in the epoch.
        let number: Int
        let imageCount: Int
        /// The images of the whole batch.
        let batchImageCount: Int
    }

    private let dataset: any Dataset
    private let columns: ImageColumns
    private let processor: CLIPImageProcessor
    private let seed: UInt64
    /// Micro-batches of a batch.
    private let parts: Int
    private let microBatchSize: Int

    /// The most images of a micro-batch.
    static let largestMicroBatch = 16

    /// - Parameters:
    ///   - task: The images, and the name of their task.
    ///   - processor: What becomes of them.
    ///   - batchSize: The images of a batch.
    ///   - seed: The seed of the job.
    /// - Throws: What is wrong with the data set; `FusionError` if it has no images.
    init(_ task: ImageTask, _ processor: CLIPImageProcessor, batchSize: Int, seed: UInt64) throws {
        dataset = try task.dataset.open()
        guard dataset.count > 0 else { throw FusionError.several(["The data set of the task '\(task.name)' is empty"]) }
        columns = try ImageColumns(of: dataset)
        self.processor = processor
        let words = RandomStream(seed: seed, purpose: "adaptation/images", name: task.name).block(0)
        self.seed = UInt64(words[0]) | UInt64(words[1]) << 32
        parts = (1...batchSize).first { batchSize % $0 == 0 && batchSize / $0 <= Self.largestMicroBatch } ?? batchSize
        microBatchSize = batchSize / parts
    }

    /// The micro-batches of a step, from 0.
    func microBatches(ofStep step: Int) -> [MicroBatch] {
        let plan = BatchPlan(exampleCount: dataset.count, batchSize: microBatchSize)
        let batchesOfEpoch = (plan.count + parts - 1) / parts
        let (epoch, batch) = step.quotientAndRemainder(dividingBy: batchesOfEpoch)
        let numbers = batch * parts..<min(plan.count, (batch + 1) * parts)
        let counts = numbers.map { plan[$0].count }
        return zip(numbers, counts).map {
            MicroBatch(epoch: epoch, number: $0, imageCount: $1, batchImageCount: counts.reduce(0, +))
        }
    }

    /// The images of the micro-batches of an epoch, in their order.
    ///
    /// - Throws: `UnequalImageSizes` if the processor leaves images of different sizes.
    func images(ofEpoch epoch: Int) throws -> ImageBatches {
        try ImageBatches(
            of: dataset, columns: columns, processor: processor,
            plan: BatchPlan(
                exampleCount: dataset.count, batchSize: microBatchSize,
                order: .shuffled(seed: seed, epoch: epoch)))
    }
}
