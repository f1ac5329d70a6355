public import OrderedCollections

/// A data set that was found, with the files of its splits.
public struct LocatedDataset: Sendable, Equatable {
    /// What the user called it.
    public let name: String
    /// Its folder.
    public let directory: String
    /// The commit of a data set of the hub; nil for other ones.
    public let commit: String?
    /// The configuration that was chosen.
    public let configuration: String
    /// What its files are.
    public let format: DataFileFormat
    /// The paths of the files of each split.
    public let splits: OrderedDictionary<String, [String]>
    /// What the card says of the columns.
    public let features: OrderedDictionary<String, Feature>

    /// Opens the data set.
    ///
    /// - Parameter instruction: Which rows of which splits; nil for all.
    /// - Returns: The rows.
    /// - Throws: `LoadDatasetError` if there is no such split, or a file cannot be read.
    public func dataset(_ instruction: SplitInstruction? = nil) throws(LoadDatasetError) -> any Dataset {
        let instruction = instruction ?? SplitInstruction(wholeSplits: Array(splits.keys))
        var whole: [String: any Dataset] = [:]
        var parts: [any Dataset] = []
        for part in instruction.parts {
            let split = if let known = whole[part.split] { known } else { try open(part.split) }
            whole[part.split] = split
            let rows = try part.rows(of: split.count)
            parts.append(rows == 0..<split.count ? split : DatasetPart(of: split, rows: rows))
        }
        return parts.count == 1 ? parts[0] : ConcatenatedDataset(parts, name: name)
    }

    private func open(_ split: String) throws(LoadDatasetError) -> any Dataset {
        guard let files = splits[split] else {
            throw .unknownSplit(split, dataset: name, available: Array(splits.keys))
        }
        if format == .parquet {
            do throws(ParquetError) {
                return try ParquetDataset(paths: files, name: "\(name) (\(split))", features: features)
            } catch {
                throw .parquet(error)
            }
        }
        do throws(ImageSourceError) {
            if let source = try images(files, split) { return source }
        } catch {
            throw .images(error)
        }
        throw .unsupportedFormat(format.rawValue, dataset: name)
    }

    /// A data set of images that are files themselves; nil if the files have another format.
    private func images(_ files: [String], _ split: String) throws(ImageSourceError) -> (any Dataset)? {
        switch format {
        case .imageFolder: try ImageFolder(files: files, classes: classNames, name: "\(name) (\(split))")
        case .webDataset: try WebDataset(shards: files)
        case .csv where files.count == 1: try ImageManifest(path: files[0])
        default: nil
        }
    }

    /// The classes of an image folder: the names of the directories that the images of all splits lie in, sorted.
    private var classNames: [String] { Set(splits.values.joined().map(ImageFolder.className)).sorted() }
}
