import Datasets
import Tensors

/// Moves images by a few pixels at random, so that a training sees each of them in many places.
///
/// What comes in at an edge repeats the row or column that was there.
struct ImageShift: Sendable {
    /// The most pixels in each direction.
    let limit: Int
    /// The seed of the directions.
    let seed: UInt64

    /// The pixels of a batch, moved.
    ///
    /// - Parameters:
    ///   - batch: The images.
    ///   - step: The number of the step.
    ///   - first: The place of the batch's first image in the step: the shift of each image depends on step and place alone.
    /// - Returns: `[count, 3, height, width]`.
    /// - Throws: `TensorError` if there is no memory.
    func pixels(of batch: ImageBatch, step: Int, first: Int) throws -> Tensor {
        guard limit > 0 else { return try batch.pixels }
        let stream = RandomStream(seed: seed, purpose: "training/shift", name: "step \(step)")
        let (height, width) = (batch.size.height, batch.size.width)
        return batch.withPixels { source in
            Tensor([batch.count, 3, height, width]) { moved in
                for image in 0..<batch.count {
                    let down = shift(stream, 2 * (first + image))
                    let right = shift(stream, 2 * (first + image) + 1)
                    for plane in 3 * image..<3 * (image + 1) {
                        for row in 0..<height {
                            let from = (plane * height + Self.kept(row - down, height)) * width
                            let to = (plane * height + row) * width
                            for column in 0..<width {
                                moved[to + column] = source[from + Self.kept(column - right, width)]
                            }
                        }
                    }
                }
            }
        }
    }

    private func shift(_ stream: RandomStream, _ index: Int) -> Int {
        Int(stream.uniformDouble(at: index) * Double(2 * limit + 1)) - limit
    }

    private static func kept(_ place: Int, _ count: Int) -> Int { min(max(place, 0), count - 1) }
}
