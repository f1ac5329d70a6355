import Diagnostics
public import OrderedCollections

/// The rows of one or several Parquet files.
///
/// Only the columns that are asked for are read, page by page. What was decoded last is kept for the next rows, up to
/// `cacheByteLimit`, so that rows in order, or near to each other, are read fast; any number of threads may read.
public struct ParquetDataset: Dataset {
    /// What error messages call it.
    public let name: String
    /// The columns, in the order of the first file.
    public let features: OrderedDictionary<String, Feature>
    /// The number of rows in all files.
    public let count: Int
    /// The files, in order.
    public let paths: [String]

    private let reader: ParquetReader
    /// How many rows there are before each file.
    private let firstRows: [Int]

    /// What is kept of the pages that were read, in bytes, unless somebody says otherwise.
    public static let usualCacheByteLimit = 64 << 20

    /// Opens files with the same columns.
    ///
    /// - Parameters:
    ///   - paths: The files, in the order of their rows.
    ///   - name: What error messages call the data set; nil for the first file's path.
    ///   - features: What is known of the columns from elsewhere, such as a data set's card. It counts more than what the
    ///     first file says, where the file's values fit it.
    ///   - cacheByteLimit: What is kept of pages that were read, in bytes. Beside it, each thread has the page that it
    ///     decodes.
    /// - Throws: `ParquetError` if a file is damaged, not supported, or has other columns than the first.
    public init(
        paths: [String], name: String? = nil, features: OrderedDictionary<String, Feature> = [:],
        cacheByteLimit: Int = usualCacheByteLimit
    ) throws(ParquetError) {
        let open = OpenFiles()
        var files: [ParquetFile] = []
        for path in paths { files.append(try ParquetFile(path, files: open)) }
        self.name = name ?? paths.first ?? "no files"
        self.paths = paths
        self.features = Self.features(of: files.first, known: features)
        for file in files.dropFirst() { try Self.check(file, self.features) }
        var firstRows: [Int] = []
        var count = 0
        for file in files {
            firstRows.append(count)
            let (sum, overflow) = count.addingReportingOverflow(file.metadata.rowCount)
            guard !overflow else {
                throw ParquetError(path: file.path, .tooLarge(content: "the rows", size: .max, limit: .max))
            }
            count = sum
        }
        self.firstRows = firstRows
        self.count = count
        reader = ParquetReader(files, cacheByteLimit: cacheByteLimit)
    }

    private static func features(
        of file: ParquetFile?, known: OrderedDictionary<String, Feature>
    ) -> OrderedDictionary<String, Feature> {
        guard let file else { return [:] }
        let described = HuggingFaceFeatures.parse(file.metadata.keyValues[HuggingFaceFeatures.metadataKey] ?? "")
        return OrderedDictionary(
            uniqueKeysWithValues: file.schema.columns.map { name, field in
                let fitting = [known[name], described[name]].compactMap(\.self).first { $0.fits(field) }
                return (name, fitting ?? Feature(field))
            })
    }

    private static func check(
        _ file: ParquetFile, _ features: OrderedDictionary<String, Feature>
    ) throws(ParquetError) {
        for (name, feature) in features {
            guard let field = file.schema.columns[name] else {
                let nearest = NearestNames.of(name, among: file.schema.columns.keys)
                throw ParquetError(path: file.path, column: name, .missingColumn(nearest: nearest))
            }
            guard feature.fits(field) else {
                throw ParquetError(
                    path: file.path, column: name,
                    .columnTypeDiffers(expected: feature.typeDescription, found: field.typeDescription))
            }
        }
    }

    /// The columns asked for of one row.
    ///
    /// - Parameters:
    ///   - index: 0 ..< count.
    ///   - columns: Their names; nil for all. Others are not read.
    /// - Returns: Their values, in the order in which they were asked for.
    /// - Throws: `ParquetError`, naming file, row group, column and page.
    public func example(at index: Int, columns: [String]? = nil) throws -> Example {
        try row(index, columns: columns)
    }

    /// A row, with the type of what is thrown.
    func row(_ index: Int, columns: [String]?) throws(ParquetError) -> Example {
        guard 0..<count ~= index else {
            throw ParquetError(path: name, .noRow(index, count: count))
        }
        let file = firstRows.partitioningIndex { $0 > index } - 1
        let row = index - firstRows[file]
        var example = Example(minimumCapacity: columns?.count ?? features.count)
        for column in columns ?? Array(features.keys) {
            guard let feature = features[column] else {
                throw ParquetError(
                    path: name, column: column,
                    .missingColumn(nearest: NearestNames.of(column, among: features.keys)))
            }
            let value = try reader.value(file: file, row: row, column: column)
            do throws(ParquetProblem) {
                example[column] = try feature.interpreted(value)
            } catch {
                throw ParquetError(path: paths[file], column: column, error)
            }
        }
        return example
    }
}

extension Feature {
    /// The feature in a few words, for messages.
    var typeDescription: String {
        switch self {
        case .classLabel(let names): "a label of \(names.count) classes"
        case .image: "an image"
        case .value(let type): type
        case .list(let element): "list of \(element.typeDescription)"
        case .structure(let parts): "{\(parts.map { "\($0): \($1.typeDescription)" }.joined(separator: ", "))}"
        }
    }
}
