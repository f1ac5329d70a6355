public import Tensors

/// Some examples as a model takes them.
public struct ImageBatch: Sendable {
    /// The number of the batch in its plan.
    public let number: Int
    /// The rows of the data set that the images come from.
    public let rows: [Int]
    /// The number of each image's class.
    public let labels: [Int]
    /// The rows that were skipped, and why.
    public let failures: [SampleError]
    /// The height and width of the images.
    public let size: CLIPImageProcessor.Size
    private let buffer: PixelBuffer

    init(
        number: Int, rows: [Int], labels: [Int], failures: [SampleError], size: CLIPImageProcessor.Size,
        buffer: PixelBuffer
    ) {
        self.number = number
        self.rows = rows
        self.labels = labels
        self.failures = failures
        self.size = size
        self.buffer = buffer
    }

    /// The number of images.
    public var count: Int { rows.count }

    /// The values of the images, `[count, 3, height, width]`, without a copy.
    ///
    /// - Throws: `TensorError` if there is no memory.
    public var pixels: Tensor {
        get throws(TensorError) {
            let values = UnsafeBufferPointer(rebasing: buffer.values[..<(count * 3 * size.height * size.width)])
            return try Tensor(
                borrowing: UnsafeRawBufferPointer(values), shape: [count, 3, size.height, size.width], dtype: .float32,
                owner: buffer)
        }
    }

    /// Uses the values of the images, `[count, 3, height, width]`.
    ///
    /// - Throws: What the body throws.
    public func withPixels<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let used = UnsafeBufferPointer(rebasing: buffer.values[..<(count * 3 * size.height * size.width)])
        defer { withExtendedLifetime(buffer) {} }
        return try body(used)
    }
}
