public import Checkpoints
import Diagnostics

/// Why a data set cannot be loaded.
public enum LoadDatasetError: Error, Sendable, Equatable {
    /// Nothing has this name; with the places where it was looked for, and similar names in the cache of the hub.
    case notFound(name: String, places: [String], nearest: [String])
    /// The cache of the hub does not have it at this revision.
    case hub(LocationProblem)
    /// The folder is not in the data set.
    case noFolder(String)
    /// The card of a data set cannot be understood.
    case card(path: String, problem: String)
    /// There is no configuration of this name.
    case unknownConfiguration(String, dataset: String, available: [String], nearest: [String])
    /// There are several configurations, and none was chosen.
    case configurationNeeded(dataset: String, available: [String])
    /// A pattern in which `**` is only a part of a name.
    case invalidPattern(String)
    /// A path leads to no file.
    case noFile(pattern: String, directory: String)
    /// No pattern leads to any file with data.
    case noDataFiles(directory: String, patterns: [String])
    /// The splits have different formats.
    case mixedFormats(dataset: String, formats: [String])
    /// Files of this format cannot be read here.
    case unsupportedFormat(String, dataset: String)
    /// There is no split of this name.
    case unknownSplit(String, dataset: String, available: [String])
    /// A text that does not name splits and parts of them.
    case invalidSplit(String, problem: String)
    /// A file cannot be read.
    case parquet(ParquetError)
    /// Images, or a list of them, cannot be read.
    case images(ImageSourceError)
}

extension LoadDatasetError: CustomStringConvertible {
    /// What is wrong.
    public var description: String { message.withVisibleControls }

    private var message: String {
        switch self {
        case .notFound(let name, let places, let nearest):
            "There is no data set \(name.quoted()); looked for it as\n"
                + places.map { "  \($0)" }.joined(separator: "\n")
                + (nearest.isEmpty ? "" : "\nIn the cache are: \(nearest.quotedList())")
        case .hub(let problem): problem.description
        case .noFolder(let path): "There is no folder \(path)"
        case .card(let path, let problem): "\(path): \(problem)"
        case .unknownConfiguration(let name, let dataset, let available, let nearest):
            "The data set \(dataset.quoted()) has no configuration \(name.quoted()); "
                + (nearest.isEmpty ? "there are: \(available.quotedList())" : "near: \(nearest.quotedList())")
        case .configurationNeeded(let dataset, let available):
            "The data set \(dataset.quoted()) has several configurations; 'name' must say which: "
                + available.quotedList()
        case .invalidPattern(let pattern): "\(pattern.quoted()) is no pattern: '**' must stand alone between slashes"
        case .noFile(let pattern, let directory): "There is no file \(pattern.quoted()) in \(directory)"
        case .noDataFiles(let directory, let patterns):
            "\(directory) has no files with data; looked for \(patterns.quotedList())"
        case .mixedFormats(let dataset, let formats):
            "The splits of the data set \(dataset.quoted()) have different formats: \(formats.joined(separator: ", "))"
        case .unsupportedFormat(let format, let dataset):
            "The data set \(dataset.quoted()) consists of files of the format \(format), which cannot be read here"
        case .unknownSplit(let split, let dataset, let available):
            "The data set \(dataset.quoted()) has no split \(split.quoted()); there are: \(available.quotedList())"
        case .invalidSplit(let text, let problem): "\(text.quoted()) names no split: \(problem)"
        case .parquet(let error): error.description
        case .images(let error): error.description
        }
    }
}
