import OrderedCollections

/// An image and the number of its class.
public struct LabeledImage: Sendable, Equatable {
    /// The image, upright.
    public let image: Image
    /// The number of the class.
    public let label: Int
}

extension LabeledImage {
    /// Decodes an example.
    ///
    /// - Parameters:
    ///   - dataset: The data set.
    ///   - row: The number of the example.
    ///   - columns: Where image and label are.
    ///   - decoder: Decodes the image.
    /// - Throws: `SampleError` with what is wrong.
    public init(
        _ dataset: any Dataset, row: Int, columns: ImageColumns, decoder: ImageDecoder = ImageDecoder()
    ) throws(SampleError) {
        do {
            let example = try dataset.example(at: row, columns: [columns.image, columns.label])
            image = try (example[columns.image] ?? .null).decodedImage(column: columns.image, decoder)
            label = try Self.label(
                example[columns.label] ?? .null, column: columns.label, dataset.features[columns.label])
        } catch {
            throw SampleError(dataset: dataset.name, row: row, cause: error)
        }
    }

    private static func label(_ value: Value, column: String, _ feature: Feature?) throws(SampleProblem) -> Int {
        switch value {
        case .bool(let flag): return flag ? 1 : 0
        case .integer(let number):
            if case .classLabel(let names) = feature, number < 0 || number >= names.count {
                throw .labelOutOfRange(number, classes: names.count)
            }
            return Int(number)
        default: throw .noLabel(column: column, found: value.kind)
        }
    }
}

extension Value {
    /// The image that the value is or holds.
    ///
    /// - Parameters:
    ///   - column: The column that it stands in, for messages.
    ///   - decoder: Decodes it if it is encoded.
    /// - Returns: The image, upright.
    /// - Throws: `ImageError` if it cannot be decoded, `SampleProblem` if it is no image.
    func decodedImage(column: String, _ decoder: ImageDecoder) throws -> Image {
        switch self {
        case .image(let bytes, _), .bytes(let bytes): return try decoder.decode(bytes)
        case .pixels(let samples, let height, let width, let channels):
            guard height > 0, width > 0, channels == 1 || channels == 3, samples.count == height * width * channels
            else { throw SampleProblem.noImage(column: column, found: "\(height) × \(width) × \(channels) pixels") }
            return Image(height: height, width: width, channels: channels, samples: samples)
        default: throw SampleProblem.noImage(column: column, found: kind)
        }
    }
}
