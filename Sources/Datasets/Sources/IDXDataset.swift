import OperatingSystem
public import OrderedCollections

/// Images and labels in two IDX files, as MNIST and its relatives are published; compressed with gzip or not.
///
/// The columns are `image` and `label`.
public struct IDXDataset: Dataset {
    /// The path of the file of images.
    public let name: String
    /// `image` and `label`.
    public let features: OrderedDictionary<String, Feature>
    /// The number of images.
    public let count: Int
    private let height: Int
    private let width: Int
    private let pixels: ArraySlice<UInt8>
    private let labels: ArraySlice<UInt8>

    /// More than any data set of this kind has; what a compressed file may become.
    private static let byteLimit = 1 << 32

    /// Reads two files.
    ///
    /// - Parameters:
    ///   - images: The path of a file of `[count, height, width]` grey pixels.
    ///   - labels: The path of a file of `[count]` labels.
    ///   - classes: The names of the classes; nil for their numbers.
    /// - Throws: `ImageSourceError`.
    public init(images: String, labels: String, classes: [String]? = nil) throws(ImageSourceError) {
        let imageFile = try Self.read(images, dimensions: 3)
        let labelFile = try Self.read(labels, dimensions: 1)
        guard imageFile.dimensions[0] == labelFile.dimensions[0] else {
            throw .unequalCounts(
                path: images, count: imageFile.dimensions[0], otherPath: labels, otherCount: labelFile.dimensions[0])
        }
        name = images
        count = imageFile.dimensions[0]
        height = imageFile.dimensions[1]
        width = imageFile.dimensions[2]
        guard count == 0 || height > 0 && width > 0 else {
            throw .malformed(path: images, place: nil, problem: "its images have no pixels")
        }
        pixels = imageFile.elements
        self.labels = labelFile.elements
        let largest = self.labels.max().map(Int.init) ?? -1
        if let classes, largest >= classes.count {
            throw .malformed(
                path: labels, place: nil, problem: "it has label \(largest), and there are \(classes.count) classes")
        }
        features = [
            "image": .image, "label": .classLabel(names: classes ?? (0..<(largest + 1)).map { String($0) }),
        ]
    }

    /// Finds the two files of a split in a directory, by names such as `t10k-images-idx3-ubyte.gz`.
    ///
    /// - Parameters:
    ///   - directory: Where the files are.
    ///   - split: `train` or `test`.
    ///   - classes: The names of the classes; nil for their numbers.
    /// - Throws: `ImageSourceError`.
    public init(directory: String, split: String, classes: [String]? = nil) throws(ImageSourceError) {
        let marks = split == "test" ? ["t10k", "test"] : [split]
        func find(_ kind: String) throws(ImageSourceError) -> String {
            let names = FileSystem.names(in: directory).filter { name in
                marks.contains { name.contains($0) } && name.contains(kind)
            }
            // Of a file with and without its compression, the latter.
            guard let name = names.first, names.dropFirst().allSatisfy({ $0 == name + ".gz" }) else {
                let expected = "one file \(marks[0])-\(kind)-ubyte or …-ubyte.gz"
                throw .nothingFound(path: directory, expected: names.isEmpty ? expected : "\(expected), not \(names)")
            }
            return FileSystem.join(directory, name)
        }
        try self.init(images: try find("images-idx3"), labels: try find("labels-idx1"), classes: classes)
    }

    private static func read(_ path: String, dimensions: Int) throws(ImageSourceError) -> IDXFile {
        let bytes = try SourceFile.readInflated(path, limit: byteLimit)
        do throws(IDXProblem) {
            let file = try IDXFile(parsing: bytes)
            guard file.dimensions.count == dimensions else {
                throw IDXProblem("it has \(file.dimensions.count) dimensions, not \(dimensions)")
            }
            return file
        } catch {
            throw .malformed(path: path, place: nil, problem: error.text)
        }
    }

    /// An image and its label.
    ///
    /// - Throws: Nothing; everything was read at the start.
    public func example(at index: Int, columns: [String]?) throws -> Example {
        var example: Example = [:]
        if columns?.contains("image") ?? true {
            let start = pixels.startIndex + index * height * width
            let samples = Array(pixels[start..<start + height * width])
            example["image"] = .pixels(samples, height: height, width: width, channels: 1)
        }
        if columns?.contains("label") ?? true {
            example["label"] = .integer(Int64(labels[labels.startIndex + index]))
        }
        return example
    }
}
