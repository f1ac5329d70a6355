import OperatingSystem

/// The directories that hold the splits of a data set, under the names that people give them.
enum SplitDirectory {
    private static let spellings = [
        ["train", "training"], ["test", "testing", "eval", "evaluation"], ["validation", "valid", "val", "dev"],
    ]

    /// The directory of a split; the data set's own if no split is asked for.
    static func find(_ split: String?, in directory: String) throws(ImageSourceError) -> String {
        guard let split else { return directory }
        let names = spellings.first { $0.contains(split) } ?? [split]
        let candidates = [split] + names.filter { $0 != split }
        for name in candidates where isName(name) {
            let path = FileSystem.join(directory, name)
            if FileSystem.isDirectory(path) { return path }
        }
        let splits = FileSystem.names(in: directory).filter { FileSystem.isDirectory(FileSystem.join(directory, $0)) }
        throw .noSplit(path: directory, split: split, splits: splits)
    }

    /// Whether a text names something in a directory, and nothing elsewhere.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.contains("/") && !name.utf8.contains(0)
    }
}
