import Datasets
import OrderedCollections
import Testing

/// Batches have the same values whoever makes them, and say which example is broken.
@Suite("Batches of images")
struct ImageBatchesTests {
    private static func batches(
        _ dataset: ListDataset, size: Int = 4, _ badSamples: ImageBatches.BadSamples = .stop,
        order: BatchPlan.Order = .sequential
    ) throws -> ImageBatches {
        var processor = CLIPImageProcessor()
        processor.target = .shortestEdge(8)
        processor.crop = .init(height: 8, width: 8)
        return try ImageBatches(
            of: dataset, columns: try ImageColumns(of: dataset), processor: processor,
            plan: BatchPlan(exampleCount: dataset.count, batchSize: size, order: order), badSamples: badSamples)
    }

    @Test("Threads change nothing", arguments: [1, 2, 5])
    func threads(count: Int) throws {
        let dataset = ListDataset.images(21)
        let batches = try Self.batches(dataset, order: .shuffled(seed: 3, epoch: 1))
        var rows: [Int] = []
        for (number, result) in batches.readAhead(threads: count).enumerated() {
            let batch = try result.get()
            #expect(batch.number == number)
            #expect(batch.labels == batch.rows.map { $0 % 4 })
            let alone = try batches.batch(number)
            batch.withPixels { pixels in
                #expect(pixels.count == batch.count * 3 * 8 * 8)
                alone.withPixels { #expect($0.elementsEqual(pixels)) }
            }
            rows += batch.rows
        }
        #expect(rows.sorted() == Array(0..<21))
    }

    @Test("Only some batches are made if only some are asked for")
    func someBatches() throws {
        let batches = try Self.batches(.images(20))
        #expect(
            try batches.readAhead([3, 1], threads: 2).map { try $0.get().rows } == [[12, 13, 14, 15], [4, 5, 6, 7]])
    }

    @Test("A broken image ends the work when it is its turn")
    func stop() throws {
        let reader = try Self.batches(.images(40, damaged: [22, 30])).readAhead(threads: 4)
        var rows: [Int] = []
        var failure: SampleError?
        for result in reader {
            switch result {
            case .success(let batch): rows += batch.rows
            case .failure(let error): failure = error
            }
        }
        #expect(rows == Array(0..<20))
        #expect(failure?.row == 22)
        #expect(
            failure?.description
                == "list, row 22: it is neither JPEG nor PNG: it begins with the bytes 01 02 03")
        #expect(reader.next().map { _ in true } == nil)
    }

    @Test("Broken images can be skipped, and are counted")
    func skip() throws {
        let results = try Self.batches(.images(9, damaged: [1, 8]), .skip).readAhead(threads: 2).map { try $0.get() }
        #expect(results.map(\.rows) == [[0, 2, 3], [4, 5, 6, 7], []])
        #expect(results.map { $0.failures.map(\.row) } == [[1], [], [8]])
        #expect(results.map(\.labels) == [[0, 2, 3], [0, 1, 2, 3], []])
    }

    @Test("A reader that goes away early takes its threads with it")
    func early() throws {
        let batches = try Self.batches(.images(4000))
        for _ in 0..<20 {
            let reader = batches.readAhead(threads: 3)
            #expect(try reader.next()?.get().number == 0)
        }
    }

    @Test("Labels must be numbers of classes")
    func labels() throws {
        let pixels = Value.pixels([1, 2, 3], height: 1, width: 1, channels: 3)
        func failure(_ label: Value, _ feature: Feature = .classLabel(names: ["a", "b"])) throws -> SampleError? {
            let dataset = ListDataset(
                features: ["image": .image, "label": feature], examples: [["image": pixels, "label": label]])
            let batches = try Self.batches(dataset)
            do throws(SampleError) {
                _ = try batches.batch(0)
                return nil
            } catch {
                return error
            }
        }
        #expect(try failure(.integer(1)) == nil)
        #expect(try failure(.bool(true), .value(type: "bool")) == nil)
        #expect(try failure(.integer(2))?.cause as? SampleProblem == .labelOutOfRange(2, classes: 2))
        #expect(try failure(.integer(-1))?.cause as? SampleProblem == .labelOutOfRange(-1, classes: 2))
        #expect(try failure(.null)?.cause as? SampleProblem == .noLabel(column: "label", found: "nothing"))
    }

    @Test("Columns are found by their types, or by the names that the user gives")
    func columns() throws {
        let dataset = ListDataset(
            features: [
                "id": .value(type: "int64"), "img": .image, "coarse_label": .classLabel(names: []),
                "fine_label": .classLabel(names: []),
            ], examples: [])
        #expect(try ImageColumns(of: dataset).image == "img")
        #expect(try ImageColumns(of: dataset).label == "fine_label")
        #expect(try ImageColumns(of: dataset, label: "coarse_label").label == "coarse_label")
        #expect {
            try ImageColumns(of: dataset, label: "fine_labels")
        } throws: {
            "\($0)".hasSuffix("did you mean 'fine_label'?")
        }
    }

    @Test("Images of different sizes make no batch")
    func sizes() throws {
        let dataset = ListDataset.images(2)
        var processor = CLIPImageProcessor()
        processor.crop = nil
        #expect(throws: UnequalImageSizes.self) {
            try ImageBatches(
                of: dataset, columns: try ImageColumns(of: dataset), processor: processor,
                plan: BatchPlan(exampleCount: 2, batchSize: 1))
        }
    }
}
