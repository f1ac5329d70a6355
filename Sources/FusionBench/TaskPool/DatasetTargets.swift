import Configuration
import Datasets
import OrderedCollections

extension TargetRegistry {
    /// What a configuration of a data set can name.
    mutating func registerDatasets() {
        registerLoadDataset()
        registerLegacyDatasets()
        registerValidationSplit()
        register("torchvision.datasets.ImageFolder", parameters: Parameter<String>("root"), additional: .areIgnored) {
            root in DatasetReference { try ImageFolder(directory: root) }
        }
        register(
            "fusion_bench.dataset.ImageFolder", parameters: Parameter<String>("directory"),
            Parameter<String?>("split", default: nil)
        ) { directory, split in DatasetReference { try ImageFolder(directory: directory, split: split) } }
        register(
            "fusion_bench.dataset.IDXDataset", parameters: Parameter<String>("directory"), Parameter<String>("split"),
            Parameter<[String]?>("classes", default: nil)
        ) { directory, split, classes in
            DatasetReference { try IDXDataset(directory: directory, split: split, classes: classes) }
        }
        register(
            "fusion_bench.dataset.WebDataset", parameters: Parameter<String>("directory"),
            Parameter<String?>("split", default: nil)
        ) { directory, split in DatasetReference { try WebDataset(directory: directory, split: split) } }
        register(
            "fusion_bench.dataset.ImageManifest", parameters: Parameter<String>("path"),
            Parameter<String?>("path_column", default: nil), Parameter<String?>("label_column", default: nil)
        ) { path, pathColumn, labelColumn in
            DatasetReference { try ImageManifest(path: path, pathColumn: pathColumn, labelColumn: labelColumn) }
        }
    }

    private mutating func registerLoadDataset() {
        register(
            "datasets.load_dataset", "datasets.load.load_dataset", parameters: Parameter<String>("path"),
            Parameter<String?>("name", default: nil), Parameter<String?>("data_dir", default: nil),
            Parameter<DataFilesArgument?>("data_files", default: nil), Parameter<String?>("split", default: nil),
            Parameter<String?>("revision", default: nil), additional: .areIgnored
        ) { path, name, directory, files, split, revision in
            let dataset = LoadDataset(
                path: path, name: name, dataDirectory: directory, dataFiles: files?.files, split: split,
                revision: revision)
            return DatasetReference(dataset)
        }
    }

    private mutating func registerValidationSplit() {
        register(
            "fusion_bench.utils.data.train_validation_split", parameters: Parameter<DatasetArgument>("dataset"),
            Parameter<Double?>("validation_fraction", default: 0.1), Parameter<Int?>("validation_size", default: nil),
            Parameter<Int?>("random_seed", default: nil), Parameter<Choice<ValidationSplit.Part>>("return_split")
        ) { dataset, fraction, size, seed, part in
            DatasetReference {
                let whole = try dataset.reference.open()
                let count = size ?? Int(Double(whole.count) * (fraction ?? 0))
                guard 0..<max(1, whole.count) ~= count else {
                    throw ValidationSplitError(dataset: whole.name, count: whole.count, wanted: count)
                }
                return ValidationSplit(
                    of: whole, validationCount: count, seed: UInt64(bitPattern: Int64(seed ?? 0)), part: part.value)
            }
        }
    }
}

/// More rows are to be held back than there are.
struct ValidationSplitError: Error, CustomStringConvertible {
    let dataset: String
    let count: Int
    let wanted: Int

    var description: String { "\(dataset) has \(count) rows, of which \(wanted) cannot be held back for validation" }
}

/// A data set as an argument of another one.
struct DatasetArgument: ConfigurationDecodable {
    let reference: DatasetReference

    static var expectedDescription: String { "a data set" }

    static func decode(_ argument: Argument) -> DatasetArgument? {
        guard case .object(let object, _) = argument, let reference = object as? DatasetReference else { return nil }
        return DatasetArgument(reference: reference)
    }
}

/// `data_files`: a pattern, several of them, or one or several for each split.
struct DataFilesArgument: ConfigurationDecodable {
    let files: DataFiles

    static var expectedDescription: String { "a path, a list of paths, or a mapping of these by split" }

    static func decode(_ argument: Argument) -> DataFilesArgument? {
        if let patterns = patterns(argument) { return DataFilesArgument(files: DataFiles(patterns)) }
        guard let entries = argument.source.entries else { return nil }
        var splits: OrderedDictionary<String, [String]> = [:]
        for (split, value) in entries {
            guard let patterns = patterns(.value(value)) else { return nil }
            splits[split.description] = patterns
        }
        return DataFilesArgument(files: DataFiles(patterns: splits))
    }

    private static func patterns(_ argument: Argument) -> [String]? {
        String.decode(argument).map { [$0] } ?? [String].decode(argument)
    }
}
