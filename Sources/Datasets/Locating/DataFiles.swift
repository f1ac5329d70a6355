public import OrderedCollections

/// Which files belong to a data set: one pattern or several for each split.
public struct DataFiles: Sendable, Equatable {
    /// The patterns of each split: paths, relative or not, with `*`, `**`, `?` and `[…]`.
    public let patterns: OrderedDictionary<String, [String]>

    /// Patterns for several splits.
    public init(patterns: OrderedDictionary<String, [String]>) {
        self.patterns = patterns
    }

    /// Patterns without the name of a split: all is for training.
    public init(_ patterns: [String]) {
        self.init(patterns: ["train": patterns])
    }
}

extension DataFiles {
    /// The files of each split, each once.
    ///
    /// - Parameter directory: What relative patterns are relative to.
    /// - Returns: Their paths, in the order of the patterns.
    /// - Throws: `LoadDatasetError` if a path without `*` leads to no file, or no pattern leads to any.
    func files(in directory: String) throws(LoadDatasetError) -> OrderedDictionary<String, [String]> {
        var splits: OrderedDictionary<String, [String]> = [:]
        for (split, patterns) in patterns {
            var files: OrderedSet<String> = []
            for text in patterns {
                let pattern = DataFilePattern(text)
                let found = try pattern.files(in: directory).filter(DataFileFormat.isData)
                if found.isEmpty, !pattern.isMagic { throw .noFile(pattern: text, directory: directory) }
                files.formUnion(found)
            }
            splits[split] = Array(files)
        }
        guard splits.values.contains(where: { !$0.isEmpty }) else {
            throw .noDataFiles(directory: directory, patterns: patterns.values.flatMap(\.self))
        }
        return splits
    }

    /// What the names of files and folders tell about splits.
    ///
    /// First come files like `data/train-00000-of-00002.parquet`, then folders and then files with one of the words for
    /// training, validation and test in their names; if there is none of these, all files are for training. The rules are
    /// those of `datasets`.
    ///
    /// - Throws: `LoadDatasetError` if there are no files, or a split has a name that no split can have.
    static func inferred(in directory: String) throws(LoadDatasetError) -> DataFiles {
        if let sharded = try sharded(in: directory) { return sharded }
        for patterns in [folderPatterns, filePatterns] {
            let found = try patterns.filtered(in: directory)
            if !found.isEmpty { return DataFiles(patterns: found) }
        }
        let all = ["train": ["**"]] as OrderedDictionary
        guard try !all.filtered(in: directory).isEmpty else {
            throw .noDataFiles(directory: directory, patterns: ["**"])
        }
        return DataFiles(patterns: all)
    }

    private static let shardEnding = "-[0-9][0-9][0-9][0-9][0-9]-of-[0-9][0-9][0-9][0-9][0-9]*.*"
    private static let usualSplits = ["train", "validation", "test"]

    private static func sharded(in directory: String) throws(LoadDatasetError) -> DataFiles? {
        var splits: Set<String> = []
        for path in try DataFilePattern("data/*" + shardEnding).files(in: directory) {
            guard let name = path.split(separator: "/").last.flatMap({ splitName(ofShard: String($0)) }) else {
                continue
            }
            guard SplitName.isValid(name) else { throw .invalidSplit(name, problem: "found in \(path)") }
            splits.insert(name)
        }
        if splits.isEmpty { return nil }
        let ordered =
            usualSplits.filter(splits.contains)
            + splits.subtracting(usualSplits).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return DataFiles(
            patterns: OrderedDictionary(uniqueKeysWithValues: ordered.map { ($0, ["data/\($0)\(shardEnding)"]) }))
    }

    /// What stands before the last `-00000-of-00002` of a name.
    private static func splitName(ofShard name: String) -> String? {
        let bytes = Array(name.utf8)
        let pattern = Array("-00000-of-0000".utf8)
        guard bytes.count >= pattern.count else { return nil }
        for start in stride(from: bytes.count - pattern.count, through: 1, by: -1) {
            let matches = zip(pattern, bytes[start...]).allSatisfy { expected, byte in
                expected == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : expected == byte
            }
            if matches { return String(decoding: bytes[..<start], as: UTF8.self) }
        }
        return nil
    }

    private static let words: OrderedDictionary<String, [String]> = [
        "train": ["train", "training"], "validation": ["validation", "valid", "dev", "val"],
        "test": ["test", "testing", "eval", "evaluation"],
    ]
    private static let separator = "[-._ 0-9]"

    private static let folderPatterns = words.mapValues { words in
        words.flatMap { word in
            [
                "**/\(word)/**", "**/\(word)\(separator)*/**", "**/*\(separator)\(word)/**",
                "**/*\(separator)\(word)\(separator)*/**",
            ]
        }
    }

    private static let filePatterns = words.mapValues { words in
        words.flatMap { ["**/\($0)\(separator)*", "**/*\(separator)\($0)\(separator)*"] }
    }
}

extension OrderedDictionary<String, [String]> {
    /// The splits of which a pattern leads to a file.
    fileprivate func filtered(in directory: String) throws(LoadDatasetError) -> Self {
        var found: Self = [:]
        for (split, patterns) in self {
            for pattern in patterns where found[split] == nil {
                if try !DataFilePattern(pattern).files(in: directory).isEmpty { found[split] = patterns }
            }
        }
        return found
    }
}

/// The names of splits.
enum SplitName {
    /// Whether a text can be one: words of letters, digits and `_`, with dots between them.
    static func isValid(_ name: String) -> Bool {
        name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
            !word.isEmpty && word.unicodeScalars.allSatisfy(isWordCharacter)
        }
    }

    static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}
