import JSON
import OperatingSystem
import TestSupport
import Testing

@testable import FusionBench

@Suite("Records of learning")
struct LearningRecordTests {
    private let record = LearningRecord(
        coefficients: CoefficientTable(
            columns: ["mnist", "a \"b\""], rows: [("layers.0", [0.3, -1e-30]), ("layers.1", [0.1 + 0.2, .infinity])]),
        curves: [LossCurve(name: "entropy", points: [(0, 2.5), (10, 1 / 3)]), LossCurve(name: "none", points: [])])

    @Test("What is written is read again, on any number of ranks", arguments: [1, 3])
    func roundTrip(ranks: Int) throws {
        let scratch = try ScratchDirectory()
        let (record, path) = (record, scratch.path)
        let found = try withFabrics(ranks) { fabric in
            try record.save(in: FusionContext(fabric: fabric, seed: 0, outputDirectory: path))
            return try LearningRecord.read(from: path)
        }
        #expect(found == Array(repeating: record, count: ranks))
        #expect(scratch.names == [LearningRecord.fileName])
    }

    @Test("There may be none, or an empty one")
    func nothing() throws {
        let scratch = try ScratchDirectory()
        #expect(try LearningRecord.read(from: scratch.path) == nil)
        let empty = try LearningRecord([:], path: "a")
        #expect(empty.isEmpty && !record.isEmpty)
    }

    @Test(
        "What is wrong is said with its key",
        arguments: [
            ("[]", "an object"), ("{\"curves\": 3}", "curves"),
            ("{\"curves\": [{\"name\": \"a\", \"steps\": [1], \"values\": [1, 2]}]}", "curves"),
            ("{\"coefficients\": {\"columns\": [1], \"rows\": []}}", "coefficients.columns"),
            ("{\"coefficients\": {\"columns\": [\"a\"], \"rows\": [{\"name\": \"b\", \"values\": []}]}}", "1 values"),
            ("{\"coefficients\": {}}", "coefficients.rows"), ("{", "no JSON"),
        ])
    func wrong(_ text: String, part: String) throws {
        let scratch = try ScratchDirectory()
        try scratch.write(LearningRecord.fileName, text)
        let error = try #require(throws: LearningRecordError.self) {
            try LearningRecord.read(from: scratch.path)
        }
        #expect(error.description.contains(part) && error.description.contains(scratch.path), "\(error)")
    }
}
