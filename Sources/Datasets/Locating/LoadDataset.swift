public import Checkpoints
import Diagnostics
import OperatingSystem
import OrderedCollections

/// A data set as a configuration names it, with the arguments of Python's `datasets.load_dataset`.
public struct LoadDataset: Sendable, Equatable {
    /// A folder, a file, the name of a data set on the hub, or a format such as `parquet`, with `dataFiles`.
    public var path: String
    /// The configuration; nil for the usual one.
    public var name: String?
    /// A folder within the data set, to which the files are relative.
    public var dataDirectory: String?
    /// Which files to take, in place of what the card and the names of the files tell.
    public var dataFiles: DataFiles?
    /// Rows of splits: `test`, `train[:10%]+validation`; `all` for all splits.
    public var split: String?
    /// A commit, branch or tag of a data set on the hub; nil for the branch `main`.
    public var revision: String?

    /// A data set, of which nothing is known to be there.
    public init(
        path: String, name: String? = nil, dataDirectory: String? = nil, dataFiles: DataFiles? = nil,
        split: String? = nil, revision: String? = nil
    ) {
        self.path = path
        self.name = name
        self.dataDirectory = dataDirectory
        self.dataFiles = dataFiles
        self.split = split
        self.revision = revision
    }

    /// Finds the data set and opens it, without a network.
    ///
    /// - Parameter cache: What was downloaded from the hub.
    /// - Returns: The rows of the splits that are asked for; of all splits if none is.
    /// - Throws: `LoadDatasetError` if it is not there, or is none that can be read.
    public func load(cache: HubCache) throws(LoadDatasetError) -> any Dataset {
        let instruction = try split.flatMap { $0 == "all" ? nil : $0 }.map(SplitInstruction.init)
        return try located(cache: cache).dataset(instruction)
    }

    /// Finds the data set, and which files belong to which split; none of them is opened.
    ///
    /// - Parameter cache: What was downloaded from the hub.
    /// - Returns: Its files.
    /// - Throws: `LoadDatasetError` if it is not there, or it is not clear which files are meant.
    public func located(cache: HubCache) throws(LoadDatasetError) -> LocatedDataset {
        let (root, commit) = try root(cache)
        let card = try DatasetCard(in: root)
        var directory = root
        if let dataDirectory {
            directory = FileSystem.join(root, dataDirectory)
            guard FileSystem.isDirectory(directory) else { throw .noFolder(directory) }
        }
        let configuration = try configuration(card, FileSystem.join(root, DatasetCard.name))
        let chosen = card.configurations[configuration]
        let files: DataFiles
        if let dataFiles = isFile ? DataFiles([FileSystem.absolute(path)]) : dataFiles {
            files = dataFiles
        } else {
            // A folder that the caller names counts more than what the card says of files.
            let isChosen = dataDirectory == nil
            if isChosen, let folder = chosen?.dataDirectory { directory = FileSystem.join(root, folder) }
            let named = isChosen ? chosen?.dataFiles : nil
            files = if let named { named } else { try .inferred(in: directory) }
        }
        var splits = try files.files(in: directory)
        let format = try format(splits)
        splits = splits.mapValues { $0.filter(format.includes) }
        var features = card.features[configuration] ?? [:]
        features.merge(chosen?.features ?? [:]) { $1 }
        return LocatedDataset(
            name: path, directory: root, commit: commit, configuration: configuration, format: format, splits: splits,
            features: features)
    }

    private var isFile: Bool { dataFiles == nil && FileSystem.isFile(path) }

    /// The folder of the data set, and the commit if it is one of the hub.
    private func root(_ cache: HubCache) throws(LoadDatasetError) -> (directory: String, commit: String?) {
        if !path.utf8.contains(0) {
            if FileSystem.isDirectory(path) { return (FileSystem.absolute(path), nil) }
            if isFile { return (FileSystem.directoryName(FileSystem.absolute(path)), nil) }
        }
        // As in Python, the name of a format means the files that are named beside it.
        if DataFileFormat(rawValue: path) != nil, dataFiles != nil || dataDirectory != nil {
            return (FileSystem.workingDirectory, nil)
        }
        var places = ["a directory or a file: \(FileSystem.absolute(path))"]
        guard HubCache.isName(path) else { throw .notFound(name: path, places: places, nearest: []) }
        do throws(LocationProblem) {
            if let snapshot = try cache.snapshot(of: path, kind: .dataset, revision: revision ?? "main") {
                return (snapshot, snapshot.split(separator: "/").last.map(String.init))
            }
        } catch {
            throw .hub(error)
        }
        places.append("a data set in the cache of the hub: \(cache.repository(of: path, kind: .dataset))")
        throw .notFound(name: path, places: places, nearest: NearestNames.of(path, among: cache.names(of: .dataset)))
    }

    private func configuration(_ card: DatasetCard, _ cardPath: String) throws(LoadDatasetError) -> String {
        let available = Array(card.configurations.keys)
        if let name {
            guard available.contains(name) || available.isEmpty && name == "default" else {
                throw .unknownConfiguration(
                    name, dataset: path, available: available.isEmpty ? ["default"] : available,
                    nearest: NearestNames.of(name, among: available))
            }
            return name
        }
        if let name = try card.defaultName(path: cardPath) { return name }
        // Files that are named need no configuration.
        guard available.isEmpty || dataFiles != nil || dataDirectory != nil else {
            throw .configurationNeeded(dataset: path, available: available)
        }
        return card.features.count == 1 ? card.features.keys[0] : "default"
    }

    private func format(_ splits: OrderedDictionary<String, [String]>) throws(LoadDatasetError) -> DataFileFormat {
        let formats = splits.values.filter { !$0.isEmpty }.compactMap(DataFileFormat.init(ofMost:))
        guard let format = formats.first else { throw .noDataFiles(directory: path, patterns: []) }
        guard formats.allSatisfy({ $0 == format }) else {
            throw .mixedFormats(dataset: path, formats: formats.map(\.rawValue))
        }
        return format
    }
}
