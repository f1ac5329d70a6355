/// Turns images into the numbers that CLIP's vision tower takes: resize, centre crop, rescale, normalise.
///
/// It does what `CLIPImageProcessor` of Transformers does with Pillow and NumPy; the result has the same bits.
public struct CLIPImageProcessor: Sendable, Equatable {
    /// A height and a width, in pixels.
    public struct Size: Sendable, Equatable {
        /// The number of rows.
        public let height: Int
        /// The number of columns.
        public let width: Int

        /// A size.
        public init(height: Int, width: Int) {
            self.height = height
            self.width = width
        }
    }

    /// The size that images get first.
    public enum Target: Sendable, Equatable {
        /// The shorter side gets this length; the other one follows, rounded down.
        case shortestEdge(Int)
        /// Both sides are given, whatever becomes of the proportions.
        case exactly(Size)
    }

    /// The size that images get first; nil to leave them as they are.
    public var target: Target? = .shortestEdge(224)
    /// How they get it.
    public var filter = ResamplingFilter.bicubic
    /// The part in the middle that is used; nil for all of it.
    ///
    /// Where the image is smaller, zeros surround it.
    public var crop: Size? = Size(height: 224, width: 224)
    /// What samples (0 to 255) are multiplied with; nil for nothing.
    public var rescaleFactor: Double? = 1.0 / 255
    /// What is subtracted from each channel and what it is then divided by; nil for nothing.
    public var normalization: Normalization? = .openAI

    /// The mean and the standard deviation of each channel.
    public struct Normalization: Sendable, Equatable {
        /// Of red, green and blue.
        public let mean: SIMD3<Double>
        /// Of red, green and blue.
        public let standardDeviation: SIMD3<Double>

        /// Known values.
        public init(mean: SIMD3<Double>, standardDeviation: SIMD3<Double>) {
            self.mean = mean
            self.standardDeviation = standardDeviation
        }

        /// Those of the images that OpenAI trained CLIP with.
        public static let openAI = Normalization(
            mean: [0.48145466, 0.4578275, 0.40821073], standardDeviation: [0.26862954, 0.26130258, 0.27577711])
    }

    /// The processor of OpenAI's models for images of 224 × 224 pixels.
    public init() {}

    /// The size of every result, `[3, height, width]`; nil if it depends on the image.
    public var outputSize: Size? {
        if let crop { return crop }
        if case .exactly(let size) = target { return size }
        return nil
    }

    /// The size of the result for an image.
    public func outputSize(of image: Image) -> Size { crop ?? resizedSize(of: image) }

    private func resizedSize(of image: Image) -> Size {
        switch target {
        case nil: return Size(height: image.height, width: image.width)
        case .exactly(let size): return size
        case .shortestEdge(let length):
            let long = max(image.height, image.width)
            let short = min(image.height, image.width)
            let other = Int(Double(length * long) / Double(short))
            return image.width <= image.height
                ? Size(height: other, width: length) : Size(height: length, width: other)
        }
    }
}

extension CLIPImageProcessor {
    /// Writes what the model takes, `[3, height, width]`.
    ///
    /// - Parameters:
    ///   - image: Any image; of a grey one, all channels are the same before they are normalised.
    ///   - values: Room for exactly `outputSize(of:)`.
    public func process(_ image: Image, into values: UnsafeMutableBufferPointer<Float>) {
        let output = outputSize(of: image)
        precondition(values.count == 3 * output.height * output.width, "There is room for exactly one image")
        let whole = resizedSize(of: image)
        let (rows, top) = Self.overlap(of: whole.height, with: output.height)
        let (columns, left) = Self.overlap(of: whole.width, with: output.width)
        let part = image.resized(
            height: whole.height, width: whole.width, filter: filter, rows: rows, columns: columns)
        let plane = output.height * output.width
        for channel in 0..<3 {
            let table = self.table(channel: channel)
            let values = UnsafeMutableBufferPointer(rebasing: values[channel * plane..<(channel + 1) * plane])
            if part.height < output.height || part.width < output.width { values.update(repeating: table[0]) }
            part.write(
                channel: min(channel, part.channels - 1), through: table, to: values, output, top: top, left: left)
        }
    }

    /// The part of an axis that lies in the window in its middle, and where it begins there.
    private static func overlap(of length: Int, with window: Int) -> (range: Range<Int>, offset: Int) {
        // Rounded down, also where the window is larger.
        let start = (length - window) >> 1
        return (max(0, start)..<min(length, start + window), max(0, -start))
    }

    /// What becomes of each sample.
    ///
    /// Transformers multiplies in binary64, rounds to binary32, and subtracts and divides there.
    func table(channel: Int) -> [Float] {
        (0..<256).map { sample in
            let scaled = rescaleFactor.map { Float(Double(sample) * $0) } ?? Float(sample)
            guard let normalization else { return scaled }
            return (scaled - Float(normalization.mean[channel])) / Float(normalization.standardDeviation[channel])
        }
    }
}

extension Image {
    /// Writes one channel of the image into a plane of a larger size, each sample replaced by its value in a table.
    fileprivate func write(
        channel: Int, through table: [Float], to plane: UnsafeMutableBufferPointer<Float>,
        _ size: CLIPImageProcessor.Size, top: Int, left: Int
    ) {
        samples.withUnsafeBufferPointer { samples in
            table.withUnsafeBufferPointer { table in
                for row in 0..<height {
                    let source = row * width * channels + channel
                    let destination = (top + row) * size.width + left
                    for column in 0..<width {
                        plane[destination + column] = table[Int(samples[source + column * channels])]
                    }
                }
            }
        }
    }
}
