import Diagnostics
import OperatingSystem
public import OrderedCollections

/// Images that a CSV file lists: a header, then a path and a label in each row.
///
/// Paths that are not absolute start in the directory of the file. Labels that are all whole numbers are the numbers of
/// classes; others are the names of classes, in the order of the names. All other columns are texts.
public struct ImageManifest: Dataset {
    /// The path of the CSV file.
    public let name: String
    /// `image`, `label` and the other columns.
    public let features: OrderedDictionary<String, Feature>
    private let paths: [String]
    private let labels: [Int]
    private let others: OrderedDictionary<String, [String]>

    /// The number of images.
    public var count: Int { paths.count }

    private static let pathNames = ["path", "file_name", "filename", "filepath", "file", "image"]
    private static let labelNames = ["label", "labels", "class", "target"]

    /// Reads a manifest; images are read later, one by one.
    ///
    /// - Parameters:
    ///   - path: The CSV file.
    ///   - pathColumn: The column of paths; nil for one that is called so.
    ///   - labelColumn: The column of labels; nil for one that is called so.
    /// - Throws: `ImageSourceError`.
    public init(path: String, pathColumn: String? = nil, labelColumn: String? = nil) throws(ImageSourceError) {
        let table = try Self.table(path)
        guard let header = table.rows.first else { throw .nothingFound(path: path, expected: "a header") }
        if let double = header.first(where: { name in header.count { $0 == name } > 1 }) {
            throw .malformed(path: path, place: "line 1", problem: "column \(double.quoted()) stands twice")
        }
        for (row, line) in zip(table.rows, table.lines) where row.count != header.count {
            throw .malformed(
                path: path, place: "line \(line)", problem: "it has \(row.count) fields, the header \(header.count)")
        }
        func column(_ given: String?, _ names: [String], _ kind: String) throws(ImageSourceError) -> Int {
            let wanted = given.map { [$0] } ?? names
            guard let index = wanted.lazy.compactMap({ header.firstIndex(of: $0) }).first else {
                throw .malformed(
                    path: path, place: "line 1",
                    problem: "there is no column of \(kind) (\(wanted.quotedList())) among \(header.quotedList())")
            }
            return index
        }
        let pathIndex = try column(pathColumn, Self.pathNames, "paths")
        let labelIndex = try column(labelColumn, Self.labelNames, "labels")
        let rows = table.rows.dropFirst()
        let directory = FileSystem.directoryName(path)
        name = path
        paths = rows.map { FileSystem.join(directory, $0[pathIndex]) }
        let names: [String]
        (labels, names) = try Self.classes(rows.map { $0[labelIndex] }, table.lines, path)
        var features: OrderedDictionary<String, Feature> = ["image": .image, "label": .classLabel(names: names)]
        var others: OrderedDictionary<String, [String]> = [:]
        for (index, name) in header.enumerated()
        where index != pathIndex && index != labelIndex && features[name] == nil {
            features[name] = .value(type: "string")
            others[name] = rows.map { $0[index] }
        }
        self.features = features
        self.others = others
    }

    private static func table(_ path: String) throws(ImageSourceError) -> CSVTable {
        let bytes = try SourceFile.read(path)
        do throws(CSVProblem) {
            return try CSVTable(parsing: bytes)
        } catch {
            throw .malformed(path: path, place: "line \(error.line)", problem: error.text)
        }
    }

    /// No task has more classes.
    ///
    /// A larger number would be an identifier, taken for a class.
    private static let classLimit = 1 << 20

    private static func classes(
        _ labels: [String], _ lines: [Int], _ path: String
    ) throws(ImageSourceError) -> (labels: [Int], names: [String]) {
        let numbers = labels.compactMap { Int($0) }
        if numbers.count == labels.count {
            for (index, number) in numbers.enumerated() where number < 0 || number >= classLimit {
                throw .malformed(
                    path: path, place: "line \(lines[index + 1])", problem: "label \(number) is no number of a class")
            }
            return (numbers, (0..<((numbers.max() ?? -1) + 1)).map { String($0) })
        }
        let names = Set(labels).sorted()
        let numberOf = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        return (labels.compactMap { numberOf[$0] }, names)
    }

    /// The values of a row.
    ///
    /// - Throws: `ImageSourceError.unreadable` if the image is not there.
    public func example(at index: Int, columns: [String]?) throws -> Example {
        var example: Example = [:]
        for column in features.keys where columns?.contains(column) ?? true {
            switch column {
            case "image": example[column] = .image(bytes: try SourceFile.read(paths[index]), path: paths[index])
            case "label": example[column] = .integer(Int64(labels[index]))
            default: example[column] = others[column].map { .string($0[index]) }
            }
        }
        return example
    }
}
