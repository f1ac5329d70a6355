/// The micro-batches of a data set of images, each of which can be made on its own, by any thread.
public struct ImageBatches: Sendable {
    /// What becomes of an example that cannot be used.
    public enum BadSamples: String, Sendable, CaseIterable {
        /// It ends the work.
        case stop
        /// It is left out of its batch, which says so.
        case skip
    }

    /// Where the examples are.
    public let dataset: any Dataset
    /// The columns of images and labels.
    public let columns: ImageColumns
    /// What becomes of the images.
    public let processor: CLIPImageProcessor
    /// Which examples stand together.
    public let plan: BatchPlan
    /// What becomes of an example that cannot be used.
    public let badSamples: BadSamples
    /// The height and width of all images.
    public let size: CLIPImageProcessor.Size
    private let pool: PixelBuffer.Pool

    /// The batches of a data set.
    ///
    /// - Parameters:
    ///   - dataset: Where the examples are.
    ///   - columns: The columns of images and labels.
    ///   - processor: What becomes of the images.
    ///   - plan: Which examples stand together.
    ///   - badSamples: What becomes of an example that cannot be used.
    /// - Throws: `UnequalImageSizes` if the processor leaves images of different sizes.
    public init(
        of dataset: any Dataset, columns: ImageColumns, processor: CLIPImageProcessor, plan: BatchPlan,
        badSamples: BadSamples = .stop
    ) throws(UnequalImageSizes) {
        guard let size = processor.outputSize else { throw UnequalImageSizes(dataset: dataset.name) }
        self.dataset = dataset
        self.columns = columns
        self.processor = processor
        self.plan = plan
        self.badSamples = badSamples
        self.size = size
        pool = PixelBuffer.Pool(count: min(plan.batchSize, max(1, plan.exampleCount)) * 3 * size.height * size.width)
    }

    /// The number of batches.
    public var count: Int { plan.count }

    /// Reads, decodes and processes the examples of a batch.
    ///
    /// - Throws: `SampleError` for the first example that cannot be used, if these end the work.
    public func batch(_ number: Int) throws(SampleError) -> ImageBatch {
        try batch(of: plan[number], number: number)
    }

    /// Reads, decodes and processes some examples, in whatever order.
    ///
    /// - Parameters:
    ///   - rowNumbers: The numbers of the examples; at most as many as a batch of the plan has.
    ///   - number: What the batch is called.
    /// - Returns: The batch.
    /// - Throws: `SampleError` for the first example that cannot be used, if these end the work.
    public func batch(of rowNumbers: [Int], number: Int) throws(SampleError) -> ImageBatch {
        precondition(rowNumbers.count <= plan.batchSize, "There is room for a batch of the plan")
        let buffer = pool.buffer()
        let imageCount = 3 * size.height * size.width
        var rows: [Int] = []
        var labels: [Int] = []
        var failures: [SampleError] = []
        for row in rowNumbers {
            do throws(SampleError) {
                let example = try LabeledImage(dataset, row: row, columns: columns)
                let start = rows.count * imageCount
                processor.process(
                    example.image, into: UnsafeMutableBufferPointer(rebasing: buffer.values[start..<start + imageCount])
                )
                rows.append(row)
                labels.append(example.label)
            } catch {
                if badSamples == .stop { throw error }
                failures.append(error)
            }
        }
        return ImageBatch(number: number, rows: rows, labels: labels, failures: failures, size: size, buffer: buffer)
    }

    /// Batches that threads make while others are used.
    ///
    /// - Parameters:
    ///   - numbers: Which batches, in which order; nil for all.
    ///   - threads: How many threads make them.
    ///   - lead: How many batches may be begun before the first of them is asked for; nil for two a thread.
    /// - Returns: The batches, in order.
    public func readAhead(_ numbers: [Int]? = nil, threads: Int, lead: Int? = nil) -> ImageBatchReader {
        ImageBatchReader(self, numbers ?? Array(0..<count), threads: threads, lead: lead)
    }
}

/// A processor leaves images of different sizes, which cannot stand in one batch.
public struct UnequalImageSizes: Error, Sendable, Equatable, CustomStringConvertible {
    /// The data set.
    public let dataset: String

    /// What is wrong, and what helps.
    public var description: String {
        "the image processor of \(dataset) leaves images of different sizes; "
            + "set do_center_crop, or give size a height and a width"
    }
}
