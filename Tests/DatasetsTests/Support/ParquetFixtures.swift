import JSON
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// The Parquet files that Python made, and what it reads from them.
struct ParquetFixture: Sendable, CustomTestStringConvertible {
    /// What some files hold.
    struct Table: Sendable {
        let columns: OrderedDictionary<String, [Value]>
        /// Where they are more than the schema's types.
        let features: OrderedDictionary<String, Feature>?
    }

    static let directory = Repository.directory + "/Tests/DatasetsTests/Fixtures/parquet"

    private static let root = try? JSONValue(parsing: FileSystem.read(directory + "/expected.json"))

    private static let tables: [String: Table] = {
        let tables = root?["tables"]?.object ?? [:]
        return Dictionary(uniqueKeysWithValues: tables.map { ($0, table($1)) })
    }()

    static let all: [ParquetFixture] = (root?["files"]?.object ?? [:]).compactMap { file, table in
        tables[table.string ?? ""].map { ParquetFixture(file: file, table: $0) }
    }

    /// The fixture of a file.
    static func named(_ file: String) throws -> ParquetFixture {
        guard let fixture = all.first(where: { $0.file == file }) else { throw PropertyFailure("no fixture \(file)") }
        return fixture
    }

    let file: String
    let table: Table

    var path: String { "\(Self.directory)/\(file)" }
    var testDescription: String { file }
    var rowCount: Int { table.columns.values.first?.count ?? 0 }

    private static func table(_ value: JSONValue) -> Table {
        Table(
            columns: (value["columns"]?.object ?? [:]).mapValues { ($0.array ?? []).map(Self.value) },
            features: value["features"]?.object.map { $0.mapValues(feature) })
    }

    private static func value(_ json: JSONValue) -> Value {
        switch json {
        case .null: return .null
        case .boolean(let value): return .bool(value)
        case .integer(let value): return .integer(Int64(value))
        case .number(let value): return .float(value)
        case .string(let value): return .string(value)
        case .array(let items): return .list(items.map(value))
        case .object(let entries):
            if let text = entries["float"]?.string, let bits = UInt64(text, radix: 16) {
                return .float(Double(bitPattern: bits))
            }
            if let text = entries["bytes"]?.string { return .bytes(bytes(ofHexadecimal: text)) }
            return .structure((entries["struct"]?.object ?? [:]).mapValues(value))
        }
    }

    private static func feature(_ json: JSONValue) -> Feature {
        switch json {
        case .string("image"): .image
        case .string(let type): .value(type: type)
        case .array(let items): .list(feature(items.first ?? .null))
        default:
            if let names = json["classLabel"]?.array {
                .classLabel(names: names.compactMap(\.string))
            } else {
                .structure((json["struct"]?.object ?? [:]).mapValues(feature))
            }
        }
    }

    private static func bytes(ofHexadecimal text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}

extension Value {
    /// The value with images as they are stored: bytes and path.
    var stored: Value {
        switch self {
        case .image(let bytes, let path):
            .structure(["bytes": .bytes(bytes), "path": path.map { .string($0) } ?? .null])
        case .list(let values): .list(values.map(\.stored))
        case .structure(let parts): .structure(parts.mapValues(\.stored))
        default: self
        }
    }
}
