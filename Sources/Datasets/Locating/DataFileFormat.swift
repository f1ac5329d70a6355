import OrderedCollections

/// What the files of a data set are.
public enum DataFileFormat: String, Sendable, Equatable {
    case parquet
    case csv
    case json
    case arrow
    case text
    case webDataset
    case imageFolder
    case zip

    private static let byExtension: [String: DataFileFormat] = {
        let groups: [(DataFileFormat, [String])] = [
            (.parquet, ["parquet", "geoparquet", "gpq"]), (.csv, ["csv", "tsv"]),
            (.json, ["json", "jsonl", "ndjson"]), (.arrow, ["arrow"]), (.text, ["txt"]), (.webDataset, ["tar"]),
            (.zip, ["zip"]),
            (.imageFolder, ["png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp", "ppm", "pgm", "pbm"]),
        ]
        return Dictionary(uniqueKeysWithValues: groups.flatMap { format, names in names.map { ($0, format) } })
    }()

    /// What follows the dots of a file's name.
    private static func endings(of path: String) -> [String] {
        let name = path.split(separator: "/").last ?? ""
        return name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().map { $0.lowercased() }
    }

    /// Whether a file can be one of a data set.
    static func isData(_ path: String) -> Bool { endings(of: path).contains { byExtension[$0] != nil } }

    /// Whether a file has this format.
    func includes(_ path: String) -> Bool { Self.endings(of: path).contains { Self.byExtension[$0] == self } }

    /// The format that most of the files have; Parquet if it is as frequent as another one.
    init?(ofMost paths: [String]) {
        var counts: OrderedDictionary<String, Int> = [:]
        for path in paths {
            for ending in Self.endings(of: path) where Self.byExtension[ending] != nil {
                counts[ending, default: 0] += 1
            }
        }
        let first = counts.max { left, right in
            (left.value, left.key == "parquet" ? 1 : 0, left.key) < (
                right.value, right.key == "parquet" ? 1 : 0, right.key
            )
        }
        guard let format = first.flatMap({ Self.byExtension[$0.key] }) else { return nil }
        self = format
    }
}
