public import OrderedCollections

/// A data set with corrupted images.
public struct CorruptedDataset: Dataset {
    /// The name of the data set that it is made of, and the corruption.
    public let name: String
    private let base: any Dataset
    private let column: String
    private let corruption: ImageCorruption
    private let seed: UInt64

    /// The data set with the images of a column corrupted.
    ///
    /// - Parameters:
    ///   - base: The data set.
    ///   - column: The column of images.
    ///   - corruption: What happens to them.
    ///   - seed: The seed of random corruptions.
    public init(_ base: any Dataset, column: String, corruption: ImageCorruption, seed: UInt64) {
        self.base = base
        self.column = column
        self.corruption = corruption
        self.seed = seed
        name = "\(base.name) with \(corruption.kind.rawValue) \(corruption.severity)"
    }

    /// Those of the data set that it is made of.
    public var features: OrderedDictionary<String, Feature> { base.features }

    /// The number of examples.
    public var count: Int { base.count }

    /// An example with its image corrupted.
    ///
    /// - Throws: What is wrong with the file, or the image.
    public func example(at index: Int, columns: [String]?) throws -> Example {
        var example = try base.example(at: index, columns: columns)
        guard let value = example[column] else { return example }
        let image = try value.decodedImage(column: column, ImageDecoder())
        let corrupted = try corruption.apply(to: image, seed: seed, index: index)
        example[column] = .pixels(
            corrupted.samples, height: corrupted.height, width: corrupted.width, channels: corrupted.channels)
        return example
    }
}
