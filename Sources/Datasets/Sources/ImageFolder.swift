import OperatingSystem
public import OrderedCollections

/// Images in directories, each named for the class of what is in it: `root/cat/1.png`, `root/dog/2.jpg`.
///
/// With a split, these directories are in one of its own: `root/test/cat/1.png`. Classes and files come in the order of
/// their names; directories within a class belong to the class. The columns are `image` and `label`.
public struct ImageFolder: Dataset {
    /// The directory, with the split.
    public let name: String
    /// `image` and `label`.
    public let features: OrderedDictionary<String, Feature>
    private let files: [(path: String, label: Int)]

    /// The number of images.
    public var count: Int { files.count }

    /// Finds the images in a directory.
    ///
    /// - Parameters:
    ///   - directory: The directory of the data set.
    ///   - split: The name of a directory in it, such as `test`; other spellings of the usual ones are found, too.
    /// - Throws: `ImageSourceError` if there are none.
    public init(directory: String, split: String? = nil) throws(ImageSourceError) {
        let root = try SplitDirectory.find(split, in: directory)
        let classes = FileSystem.names(in: root).filter {
            !$0.hasPrefix(".") && FileSystem.isDirectory(FileSystem.join(root, $0))
        }
        var files: [(path: String, label: Int)] = []
        for (label, name) in classes.enumerated() {
            Self.collect(FileSystem.join(root, name), label, depth: 0, into: &files)
        }
        guard !files.isEmpty else {
            throw .nothingFound(path: root, expected: "a directory for each class, with JPEG or PNG files")
        }
        self.files = files
        name = root
        features = ["image": .image, "label": .classLabel(names: classes)]
    }

    /// Images whose classes are the names of the directories that they lie in.
    ///
    /// - Parameters:
    ///   - paths: The images.
    ///   - classes: The names of all classes, in the order of the labels.
    ///   - name: What messages call the data set.
    /// - Throws: `ImageSourceError` if there are none.
    init(files paths: [String], classes: [String], name: String) throws(ImageSourceError) {
        guard !paths.isEmpty else { throw .nothingFound(path: name, expected: "JPEG or PNG files") }
        let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        files = paths.map { ($0, numbers[Self.className($0)] ?? -1) }
        self.name = name
        features = ["image": .image, "label": .classLabel(names: classes)]
    }

    /// The name of the directory that a file lies in.
    static func className(_ path: String) -> String { String(path.split(separator: "/").dropLast().last ?? "") }

    /// What names of images end with.
    ///
    /// Those of formats that are not read are found, so that nothing is left out in silence.
    private static let extensions: Set = [
        "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp", "tif", "tiff", "ppm", "pgm",
    ]

    /// Directories that contain themselves by a link must end somewhere.
    private static let depthLimit = 16

    private static func collect(
        _ directory: String, _ label: Int, depth: Int, into files: inout [(path: String, label: Int)]
    ) {
        for name in FileSystem.names(in: directory) where !name.hasPrefix(".") {
            let path = FileSystem.join(directory, name)
            if FileSystem.isDirectory(path) {
                if depth < depthLimit { collect(path, label, depth: depth + 1, into: &files) }
            } else if let end = name.split(separator: ".").last, extensions.contains(end.lowercased()) {
                files.append((path, label))
            }
        }
    }

    /// An image and its label.
    ///
    /// - Throws: `ImageSourceError.unreadable`.
    public func example(at index: Int, columns: [String]?) throws -> Example {
        let file = files[index]
        var example: Example = [:]
        if columns?.contains("image") ?? true {
            example["image"] = .image(bytes: try SourceFile.read(file.path), path: file.path)
        }
        if columns?.contains("label") ?? true { example["label"] = .integer(Int64(file.label)) }
        return example
    }
}
