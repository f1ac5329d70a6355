import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// Every combination of types, encodings, compressions, pages and nesting gives what PyArrow reads.
@Suite("Parquet files that others wrote")
struct ParquetFixtureTests {
    @Test("All rows of all columns", arguments: ParquetFixture.all)
    func allRows(_ fixture: ParquetFixture) throws {
        let dataset = try ParquetDataset(paths: [fixture.path])
        #expect(Array(dataset.features.keys) == Array(fixture.table.columns.keys))
        #expect(dataset.count == fixture.rowCount)
        for row in 0..<dataset.count {
            let example = try dataset.example(at: row)
            for (column, values) in fixture.table.columns {
                #expect(example[column]?.stored == values[row], "row \(row) of \(column)")
            }
        }
    }

    @Test("Rows in any order, with hardly any memory for pages", arguments: ParquetFixture.all)
    func randomRows(_ fixture: ParquetFixture) throws {
        let dataset = try ParquetDataset(paths: [fixture.path], cacheByteLimit: 2000)
        var random = SplitMix64(seed: 3)
        for row in Array(0..<dataset.count).shuffled(using: &random).prefix(100) {
            for (column, values) in fixture.table.columns {
                let example = try dataset.example(at: row, columns: [column])
                #expect(example.count == 1 && example[column]?.stored == values[row], "row \(row) of \(column)")
            }
        }
    }

    @Test("There are enough fixtures")
    func fixtures() {
        #expect(ParquetFixture.all.count > 35)
        #expect(ParquetFixture.all.allSatisfy { !$0.table.columns.isEmpty })
    }

    @Test("The columns mean what the description of datasets says")
    func describedFeatures() throws {
        let fixture = try ParquetFixture.named("features.parquet")
        let dataset = try ParquetDataset(paths: [fixture.path])
        #expect(dataset.features == fixture.table.features)
        guard case .image(let bytes, let path) = try dataset.example(at: 1)["image"] else {
            Issue.record("no image")
            return
        }
        #expect(bytes.count == 21 && path == "1.png")
        #expect(try dataset.example(at: 4)["image"] == .null)
    }

    @Test("Without a description, the schema tells what the columns are")
    func schemaFeatures() throws {
        let fixture = try ParquetFixture.named("no_features.parquet")
        let dataset = try ParquetDataset(paths: [fixture.path])
        #expect(dataset.features["image"] == .image && dataset.features["images"] == .list(.image))
        #expect(dataset.features["label"] == .value(type: "int64"))
        #expect(
            dataset.features["objects"]
                == .structure(["box": .list(.value(type: "float32")), "category": .list(.value(type: "int64"))]))
    }

    @Test("The types of values have the names that datasets uses")
    func typeNames() throws {
        let flat = try ParquetDataset(paths: [ParquetFixture.named("flat_none_v1.parquet").path])
        let expected = [
            "bool": "bool", "float16": "float16", "float32": "float32", "float64": "float64", "string": "string",
            "binary": "binary", "fixed": "fixed_size_binary[5]", "date": "date32", "time": "time64[us]",
            "timestamp": "timestamp[us]", "zoned": "timestamp[ms, tz=UTC]", "decimal": "decimal128(20, 3)",
            "int8": "int8", "uint16": "uint16", "uint32": "uint32", "uint64": "uint64", "int64": "int64",
        ]
        for (column, type) in expected { #expect(flat.features[column] == .value(type: type)) }
        let nested = try ParquetDataset(paths: [ParquetFixture.named("nested_none_v1.parquet").path])
        #expect(
            nested.features["map"]
                == .list(.structure(["key": .value(type: "string"), "value": .value(type: "int32")])))
        #expect(nested.features["lists"] == .list(.list(.value(type: "string"))))
    }

    @Test("What is known of the columns from elsewhere counts more, where it fits")
    func knownFeatures() throws {
        let path = try ParquetFixture.named("pages_scan_v1.parquet").path
        let dataset = try ParquetDataset(
            paths: [path], features: ["number": .classLabel(names: ["a"]), "list": .image, "other": .image])
        #expect(dataset.features["number"] == .classLabel(names: ["a"]))
        #expect(dataset.features["list"] == .list(.value(type: "int32")))
        #expect(dataset.features.count == 3)
    }
}
