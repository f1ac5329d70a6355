import Checkpoints
import JSON
import OperatingSystem
public import OrderedCollections

/// Examples in tar archives, as the `webdataset` library writes them.
///
/// Members whose names are the same up to the first dot of their last part are one example; what follows the dot names a
/// column. `jpg`, `jpeg` and `png` are images, `cls` holds a whole number, `txt` a text, `json` named parts; other columns
/// are bytes. The column `__key__` is the part before the dot. A column that an example lacks is null.
public struct WebDataset: Dataset {
    /// The directory or the first archive.
    public let name: String
    /// `__key__`, and the columns of all examples in the order in which they are met.
    public let features: OrderedDictionary<String, Feature>
    private let samples: [Sample]
    private let shards: [String]

    private struct Sample: Sendable {
        let key: String
        let shard: Int
        var ranges: OrderedDictionary<String, Range<Int>>
    }

    /// The number of examples.
    public var count: Int { samples.count }

    /// Reads the headers of archives.
    ///
    /// - Parameter shards: The paths of the archives, in order.
    /// - Throws: `ImageSourceError`.
    public init(shards: [String]) throws(ImageSourceError) {
        var samples: [Sample] = []
        var features: OrderedDictionary<String, Feature> = ["__key__": .value(type: "string")]
        for (number, shard) in shards.enumerated() {
            for member in try Self.members(shard) {
                guard let (key, column) = Self.parts(member.name) else { continue }
                if samples.last.map({ $0.key != key || $0.shard != number }) ?? true {
                    samples.append(Sample(key: key, shard: number, ranges: [:]))
                }
                guard samples[samples.count - 1].ranges.updateValue(member.range, forKey: column) == nil else {
                    throw .malformed(path: shard, place: nil, problem: "it has two members \(key).\(column)")
                }
                if features[column] == nil { features[column] = Self.feature(column) }
            }
        }
        guard !samples.isEmpty, let first = shards.first else {
            throw .nothingFound(path: shards.first ?? "no archives", expected: "members such as 000.jpg and 000.cls")
        }
        self.samples = samples
        self.features = features
        self.shards = shards
        name = shards.count == 1 ? first : "\(FileSystem.directoryName(first))/*.tar"
    }

    /// Finds the archives in a directory.
    ///
    /// - Parameters:
    ///   - directory: A directory of `.tar` files.
    ///   - split: What their names must contain, if there is no directory of this name.
    /// - Throws: `ImageSourceError`.
    public init(directory: String, split: String? = nil) throws(ImageSourceError) {
        let own = try? SplitDirectory.find(split, in: directory)
        let root = own ?? directory
        let shards = FileSystem.names(in: root).filter { name in
            name.hasSuffix(".tar") && (own != nil || split.map { name.contains($0) } ?? true)
        }
        guard !shards.isEmpty else {
            throw .nothingFound(path: root, expected: "tar archives\(split.map { " of the split '\($0)'" } ?? "")")
        }
        try self.init(shards: shards.map { FileSystem.join(root, $0) })
    }

    private static func members(_ shard: String) throws(ImageSourceError) -> [TarArchive.Member] {
        do {
            let file = try CheckpointFile(shard)
            return try TarArchive(byteCount: file.byteCount) { try file.read($0) }.members
        } catch let problem as TarProblem {
            throw .malformed(path: shard, place: "byte \(problem.offset)", problem: problem.text)
        } catch CheckpointError.unreadable(_, let code) {
            throw .unreadable(path: shard, code: code)
        } catch {
            throw .malformed(path: shard, place: nil, problem: "\(error)")
        }
    }

    /// Key and column; nil for what is hidden, or has no dot.
    private static func parts(_ name: String) -> (key: String, column: String)? {
        let start = name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex
        guard let dot = name[start...].firstIndex(of: "."), dot != start else { return nil }
        let column = name[name.index(after: dot)...].lowercased()
        return column.isEmpty ? nil : (String(name[..<dot]), column)
    }

    private static func feature(_ column: String) -> Feature {
        switch column {
        case "jpg", "jpeg", "png": .image
        case "cls": .value(type: "int64")
        case "txt": .value(type: "string")
        case "json": .structure([:])
        default: .value(type: "binary")
        }
    }

    /// The values of an example.
    ///
    /// - Throws: `ImageSourceError` if they cannot be read.
    public func example(at index: Int, columns: [String]?) throws -> Example {
        let sample = samples[index]
        let shard = shards[sample.shard]
        // Opened for each example: there may be more archives than a process may have open.
        let file = try CheckpointFile(shard)
        var example: Example = [:]
        for column in features.keys where columns?.contains(column) ?? true {
            if column == "__key__" {
                example[column] = .string(sample.key)
            } else if let range = sample.ranges[column] {
                let path = "\(sample.key).\(column)"
                example[column] = try Self.value(try file.read(range), column, path, shard)
            } else {
                example[column] = .null
            }
        }
        return example
    }

    private static func value(
        _ bytes: [UInt8], _ column: String, _ path: String, _ shard: String
    ) throws(ImageSourceError) -> Value {
        func failure(_ problem: String) -> ImageSourceError { .malformed(path: shard, place: path, problem: problem) }
        switch column {
        case "jpg", "jpeg", "png": return .image(bytes: bytes, path: path)
        case "cls", "txt":
            guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("it is not UTF-8") }
            if column == "txt" { return .string(text) }
            let digits = text.split(whereSeparator: \.isWhitespace)
            guard digits.count == 1, let number = Int64(digits[0]) else { throw failure("it is no whole number") }
            return .integer(number)
        case "json":
            do throws(JSONError) {
                return Value(try JSONValue(parsing: bytes))
            } catch {
                throw failure("it is no JSON: \(error)")
            }
        default: return .bytes(bytes)
        }
    }
}

extension Value {
    /// The same value, as JSON has it.
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .boolean(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(Int64(number))
        case .number(let number): self = .float(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .list(items.map(Value.init))
        case .object(let entries): self = .structure(entries.mapValues(Value.init))
        }
    }
}
