import Fabric
import JSON
import OperatingSystem
import OrderedCollections

extension LearningRecord {
    /// Writes the record to the job's output directory; all ranks call this, and global zero writes.
    ///
    /// - Throws: `FileSystemError` if it cannot be written.
    func save(in context: FusionContext) throws {
        let path = FileSystem.join(context.outputDirectory, Self.fileName)
        let bytes = context.fabric.isGlobalZero ? Array((json.text() + "\n").utf8) : []
        try context.fabric.save(bytes, to: path, "record of learning")
    }

    /// The record for programs.
    var json: JSONValue {
        var entries: OrderedDictionary<String, JSONValue> = [:]
        if let coefficients {
            entries["coefficients"] = [
                "columns": .array(coefficients.columns.map(JSONValue.string)),
                "rows": .array(
                    coefficients.rows.map {
                        ["name": .string($0.name), "values": .array($0.values.map(JSONValue.number))]
                    }),
            ]
        }
        let curves = curves.map { curve -> JSONValue in
            [
                "name": .string(curve.name), "steps": .array(curve.points.map { .integer($0.step) }),
                "values": .array(curve.points.map { .number($0.value) }),
            ]
        }
        entries["curves"] = .array(curves)
        return .object(entries)
    }

    /// Reads the record that a job has left in its output directory.
    ///
    /// - Returns: Nil if it has left none.
    /// - Throws: `LearningRecordError`, or `FileSystemError` if the file cannot be read.
    static func read(from directory: String) throws -> LearningRecord? {
        let path = FileSystem.join(directory, fileName)
        guard FileSystem.isFile(path) else { return nil }
        let bytes = try FileSystem.read(path)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw LearningRecordError.noJSON(path: path, error)
        }
        return try LearningRecord(value, path: path)
    }

    /// Reads the record from the content of its file.
    ///
    /// - Throws: `LearningRecordError.malformed` with everything that is wrong.
    init(_ value: JSONValue, path: String) throws(LearningRecordError) {
        var settings = JSONSettings(value)
        let table = settings.has("coefficients") ? settings.nested("coefficients", CoefficientTable.read) : nil
        let curves = settings.read(
            "curves", "a list of objects with a name, steps and as many values", [], or: []
        ) { $0.array?.allMapped(LossCurve.init) }
        guard settings.problems.isEmpty else {
            throw LearningRecordError.malformed(path: path, settings.problems)
        }
        self.init(coefficients: table, curves: curves)
    }
}

extension CoefficientTable {
    fileprivate static func read(_ settings: inout JSONSettings) -> CoefficientTable {
        let columns = settings.read("columns", "a list of strings", nil, or: []) {
            $0.array?.allMapped(\.string)
        }
        let expected = "a list of objects with a name and \(columns.count) values"
        let rows = settings.read("rows", expected, nil, or: []) { rows in
            rows.array?.allMapped { row -> (name: String, values: [Double])? in
                guard let name = row["name"]?.string, let values = row["values"]?.array?.allMapped(\.double),
                    values.count == columns.count
                else { return nil }
                return (name, values)
            }
        }
        return CoefficientTable(columns: columns, rows: rows)
    }
}

extension LossCurve {
    fileprivate init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, let steps = value["steps"]?.array?.allMapped(\.int),
            let values = value["values"]?.array?.allMapped(\.double), steps.count == values.count
        else { return nil }
        self.init(name: name, points: zip(steps, values).map { (step: $0, value: $1) })
    }
}

extension Array {
    /// What becomes of all items; nil if nothing becomes of one.
    fileprivate func allMapped<Mapped>(_ transform: (Element) -> Mapped?) -> [Mapped]? {
        var mapped: [Mapped] = []
        for item in self {
            guard let result = transform(item) else { return nil }
            mapped.append(result)
        }
        return mapped
    }
}

/// What can be wrong with the file of a record.
enum LearningRecordError: Error, Equatable, CustomStringConvertible {
    case noJSON(path: String, JSONError)
    case malformed(path: String, [JSONSettings.Problem])

    var description: String {
        switch self {
        case .noJSON(let path, let error): "The record of learning '\(path)' is no JSON: \(error)"
        case .malformed(let path, let problems):
            "The record of learning '\(path)' cannot be used: "
                + problems.map(\.description).joined(separator: "; ")
        }
    }
}
