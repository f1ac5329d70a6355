import Checkpoints
import JSON
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// What `datasets` makes of folders, cards and splits, and whether the same comes out here.
enum LocatingFixtures {
    struct Location: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let files: [String]
        let card: String?
        let arguments: JSONValue
        let expected: JSONValue
    }

    struct Split: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let count: Int
        let expected: JSONValue
    }

    private static let root = try? JSONValue(
        parsing: FileSystem.read(Repository.directory + "/Tests/DatasetsTests/Fixtures/locating.json"))

    static let locations: [Location] = (root?["locations"]?.array ?? []).map { entry in
        Location(
            testDescription: entry["name"]?.string ?? "", files: (entry["files"]?.array ?? []).compactMap(\.string),
            card: entry["card"]?.string, arguments: entry["arguments"] ?? [:], expected: entry["expected"] ?? [:])
    }

    static let splits: [Split] = (root?["splits"]?.array ?? []).map { entry in
        Split(
            testDescription: entry["split"]?.string ?? "", count: entry["count"]?.int ?? 0,
            expected: entry["expected"] ?? [:])
    }
}

@Suite("Which files a data set has")
struct LocatingTests {
    private let noCache = HubCache(directory: "/none")

    private static func dataFiles(_ value: JSONValue?) -> DataFiles? {
        func paths(_ value: JSONValue) -> [String] {
            value.string.map { [$0] } ?? (value.array ?? []).compactMap(\.string)
        }
        guard let value else { return nil }
        return value.object.map { DataFiles(patterns: $0.mapValues(paths)) } ?? DataFiles(paths(value))
    }

    @Test("Folders and cards give the splits that datasets finds", arguments: LocatingFixtures.locations)
    func locations(_ fixture: LocatingFixtures.Location) throws {
        let directory = try ScratchDirectory()
        for file in fixture.files { try directory.write("dataset/" + file, "") }
        if let card = fixture.card { try directory.write("dataset/README.md", card) }
        let request = LoadDataset(
            path: directory.path("dataset"), name: fixture.arguments["name"]?.string,
            dataDirectory: fixture.arguments["data_dir"]?.string,
            dataFiles: Self.dataFiles(fixture.arguments["data_files"]))
        guard let expected = fixture.expected["splits"]?.object else {
            let error = #expect(throws: LoadDatasetError.self) { try request.located(cache: noCache) }
            #expect(error.map { !$0.description.isEmpty } ?? false)
            return
        }
        let located = try request.located(cache: noCache)
        let found = located.splits.mapValues { paths in
            paths.map { $0.replacing(directory.path("dataset") + "/", with: "") }
        }
        #expect(found == expected.mapValues { ($0.array ?? []).compactMap(\.string) })
        #expect(Array(found.keys) == Array(expected.keys))
        #expect(located.configuration == fixture.expected["configuration"]?.string)
        #expect(located.format.rawValue.lowercased() == fixture.expected["module"]?.string)
    }

    @Test("Parts of splits are those that datasets takes", arguments: LocatingFixtures.splits)
    func splits(_ fixture: LocatingFixtures.Split) throws {
        func found() throws -> [JSONValue] {
            try SplitInstruction(fixture.testDescription).parts.map { part in
                guard ["train", "test", "en.train"].contains(part.split) else { throw PropertyFailure("no such split") }
                let rows = try part.rows(of: fixture.count)
                return [.string(part.split), .integer(rows.lowerBound), .integer(rows.upperBound)]
            }
        }
        guard let expected = fixture.expected["parts"]?.array else {
            #expect(throws: (any Error).self) { try found() }
            return
        }
        // Where a part ends before it begins, Python keeps the numbers, and we an empty range.
        let parts = expected.map { part -> JSONValue in
            let numbers = part.array ?? []
            return [numbers[0], numbers[1], .integer(max(numbers[1].int ?? 0, numbers[2].int ?? 0))]
        }
        #expect(try found() == parts)
    }

    @Test("There are enough fixtures")
    func fixtures() {
        #expect(LocatingFixtures.locations.count > 45 && LocatingFixtures.splits.count > 40)
    }

    @Test("A data set of the hub is found in its cache, at its revisions")
    func hub() throws {
        let directory = try ScratchDirectory()
        let bytes = try FileSystem.read(ParquetFixture.named("two_levels.parquet").path)
        for commit in ["c1", "c2"] {
            try directory.write("hub/datasets--org--set/snapshots/\(commit)/test-\(commit).parquet", bytes)
        }
        try directory.write("hub/datasets--org--set/refs/main", "c2")
        try directory.write("hub/models--org--model/refs/main", "c2")
        let cache = HubCache(directory: directory.path("hub"))
        let located = try LoadDataset(path: "org/set").located(cache: cache)
        #expect(located.commit == "c2" && located.splits["test"]?.first?.hasSuffix("/test-c2.parquet") == true)
        #expect(try LoadDataset(path: "org/set", revision: "c1").located(cache: cache).commit == "c1")
        #expect(try LoadDataset(path: "org/set", split: "test[1:3]").load(cache: cache).count == 2)
        #expect(throws: LoadDatasetError.self) {
            try LoadDataset(path: "org/set", revision: "v1").located(cache: cache)
        }
        let error = #expect(throws: LoadDatasetError.self) { try LoadDataset(path: "org/sets").located(cache: cache) }
        guard case .notFound("org/sets", let places, let nearest) = error else {
            Issue.record("another error")
            return
        }
        #expect(places.count == 2 && places[1].contains("datasets--org--sets") && nearest == ["org/set"])
        for part in places + nearest { #expect(error?.description.contains(part) == true) }
        // A model is no data set.
        #expect(throws: LoadDatasetError.self) { try LoadDataset(path: "org/model").located(cache: cache) }
        for path in ["../x", "", "a\0b", "/none/such"] {
            #expect(throws: LoadDatasetError.self) { try LoadDataset(path: path).located(cache: cache) }
        }
    }

    @Test("Splits are read in the order that is asked for, parts of them too")
    func combined() throws {
        let directory = try ScratchDirectory()
        let bytes = try FileSystem.read(ParquetFixture.named("pages_index_v1.parquet").path)
        for name in ["train-0", "train-1", "test"] { try directory.write(name + ".parquet", bytes) }
        func numbers(_ split: String?) throws -> [Value] {
            let dataset = try LoadDataset(path: directory.path, split: split).load(cache: noCache)
            return try (0..<dataset.count).compactMap { try dataset.example(at: $0, columns: ["number"])["number"] }
        }
        let all = (0..<1000).map { Value.integer($0) }
        #expect(try numbers("train") == all + all)
        #expect(try numbers("test") == all)
        #expect(try numbers("test[:5]+train[998:1002]") == Array(all[..<5]) + all[998...] + all[..<2])
        #expect(try numbers("train[:1%]") == Array(all[..<20]))
        #expect(try numbers(nil) == all + all + all)
        #expect(try numbers("all").count == 3000)
        let file = LoadDataset(path: directory.path("test.parquet"), split: "train")
        #expect(try file.load(cache: noCache).count == 1000)
        let named = LoadDataset(path: "parquet", dataFiles: DataFiles([directory.path("t*t.parquet")]))
        #expect(try named.load(cache: noCache).count == 1000)
        let error = #expect(throws: LoadDatasetError.self) { try numbers("valid") }
        #expect(error == .unknownSplit("valid", dataset: directory.path, available: ["train", "test"]))
        let part = DatasetPart(of: try file.load(cache: noCache), rows: 990..<2000)
        #expect(part.count == 10)
        #expect(throws: DatasetRowError.self) { try part.example(at: 10) }
    }

    @Test("Where no card says what the columns mean, dataset_infos.json does")
    func datasetInfos() throws {
        let directory = try ScratchDirectory()
        let label = #"{"names": ["cat", "dog"], "_type": "ClassLabel"}"#
        func infos(_ name: String) -> String { "\"\(name)\": {\"features\": {\"label\": \(label)}}" }
        let expected: OrderedDictionary<String, Feature> = ["label": .classLabel(names: ["cat", "dog"])]
        // A configuration that stands alone is the usual one: its name was that of user and data set.
        try directory.write("dataset_infos.json", "{\(infos("user--name"))}")
        #expect(try DatasetCard(in: directory.path).features == ["default": expected])
        try directory.write("train.parquet", try FileSystem.read(ParquetFixture.named("two_levels.parquet").path))
        #expect(try LoadDataset(path: directory.path).located(cache: noCache).features == expected)
        try directory.write("dataset_infos.json", "{\(infos("a")), \(infos("b"))}")
        #expect(try DatasetCard(in: directory.path).features == ["a": expected, "b": expected])
        // The card counts more.
        let card = "---\ndataset_info: {config_name: b, features: [{name: label, dtype: int64}]}\n---\n"
        try directory.write("README.md", card)
        #expect(
            try DatasetCard(in: directory.path).features == ["a": expected, "b": ["label": .value(type: "int64")]])
        for text in ["[]", "{", "\u{1}"] {
            try directory.write("dataset_infos.json", text)
            let error = #expect(throws: LoadDatasetError.self) { try DatasetCard(in: directory.path) }
            #expect(error?.description.hasPrefix(directory.path("dataset_infos.json")) == true)
        }
    }

    @Test("The card says what the columns mean")
    func cardFeatures() throws {
        let text = """
            ---
            dataset_info:
            - config_name: default
              features:
              - name: image
                dtype: image
              - name: label
                dtype:
                  class_label:
                    names:
                      '1': dog
                      '0': cat
              - name: plain
                class_label:
                  names: [x, y]
              - name: list
                sequence: int32
              - name: list2
                list:
                  dtype: string
              - name: objects
                sequence:
                - name: box
                  sequence: float32
                - name: kind
                  dtype: string
              - name: part
                struct:
                - name: a
                  dtype: int64
              - name: odd
                class_label:
                  names:
                    '2': x
            ---
            """
        let card = try DatasetCard(parsing: text, path: "README.md")
        let expected: OrderedDictionary<String, Feature> = [
            "image": .image, "label": .classLabel(names: ["cat", "dog"]), "plain": .classLabel(names: ["x", "y"]),
            "list": .list(.value(type: "int32")), "list2": .list(.value(type: "string")),
            "objects": .structure(["box": .list(.list(.value(type: "float32"))), "kind": .list(.value(type: "string"))]
            ),
            "part": .structure(["a": .value(type: "int64")]),
        ]
        #expect(card.features["default"] == expected)
        for text in ["---\n[\n---\n", "---\nconfigs: 3\n---\n", "---\na: 1\na: 2\n---\n"] {
            let error = #expect(throws: LoadDatasetError.self) { try DatasetCard(parsing: text, path: "README.md") }
            #expect(error?.description.hasPrefix("README.md: ") == true)
        }
        for text in ["", "---", "no card", "---\n---\n", "---\n- list\n---\n", "---\ndataset_info: x\n---\n"] {
            #expect(try DatasetCard(parsing: text, path: "README.md").configurations.isEmpty)
        }
    }
}
