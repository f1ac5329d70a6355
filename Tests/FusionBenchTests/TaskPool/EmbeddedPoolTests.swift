import Checkpoints
import Datasets
import JSON
import Models
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import FusionBench

/// What comes with the repository, so that everything runs at once.
@Suite("The embedded pool")
struct EmbeddedPoolTests {
    private static let directory = Repository.directory + "/config/embedded"

    struct Expectation: Sendable, CustomTestStringConvertible {
        let task: String
        let count: Int
        let side: Int
        /// How many images each class has; nil if not all have as many.
        var classCount: Int?
        var testDescription: String { task }
    }

    static let expectations = [
        Expectation(task: "fashion_mnist", count: 1000, side: 28, classCount: 100),
        Expectation(task: "digits", count: 797, side: 8),
        Expectation(task: "letters", count: 1014, side: 32, classCount: 39),
        Expectation(task: "greek", count: 1008, side: 32, classCount: 42),
        Expectation(task: "hiragana", count: 1012, side: 32, classCount: 22),
    ]

    @Test("Every image decodes, in its size, with a label and the names of the task", arguments: expectations)
    func images(_ expected: Expectation) throws {
        let path = "\(Self.directory)/data/\(expected.task)"
        let dataset = try LoadDataset(path: path, split: "test").load(cache: HubCache(environment: [:]))
        #expect(dataset.count == expected.count)
        let names = try ZeroShotTask.named(expected.task).classNames
        #expect(dataset.features["label"] == .classLabel(names: names))
        let columns = try ImageColumns(of: dataset)
        var counts = [Int](repeating: 0, count: names.count)
        var different: Set<[UInt8]> = []
        for index in 0..<dataset.count {
            let example = try dataset.example(at: index, columns: nil)
            guard case .image(let bytes, _) = example[columns.image] else {
                Issue.record("\(index) has no image")
                continue
            }
            let image = try ImageDecoder().decode(bytes)
            #expect(image.height == expected.side && image.width == expected.side && image.channels == 1)
            // Something is on it.
            #expect(Int(image.samples.max() ?? 0) - Int(image.samples.min() ?? 0) > 60, "\(index)")
            different.insert(image.samples)
            guard case .integer(let label) = example[columns.label], names.indices.contains(Int(label)) else {
                Issue.record("\(index): \(String(describing: example[columns.label])) is no label")
                continue
            }
            counts[Int(label)] += 1
        }
        // Nearly all digits are; 8 × 8 pixels may be alike.
        #expect(different.count > dataset.count - 3)
        if let classCount = expected.classCount {
            #expect(counts.allSatisfy { $0 == classCount })
        } else {
            #expect(counts.allSatisfy { $0 > 60 })
        }
    }

    @Test(
        "No font is on both sides; those of the test images are on theirs", arguments: ["letters", "greek", "hiragana"])
    func fonts(_ task: String) throws {
        let list = try FileSystem.read(Repository.directory + "/launch/embedded-pool/fonts.tsv")
        var sides: [String: Set<String>] = ["train": [], "test": []]
        for line in String(decoding: list, as: UTF8.self).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: "\t").map(String.init)
            try #require(fields.count == 5 && sides[fields[3]] != nil, "\(line)")
            if fields[4].split(separator: " ").contains(Substring(task)) { sides[fields[3]]?.insert(fields[2]) }
        }
        let (training, test) = (try #require(sides["train"]), try #require(sides["test"]))
        #expect(training.count >= 20 && test.count >= 10 && training.isDisjoint(with: test))
        let dataset = try LoadDataset(path: "\(Self.directory)/data/\(task)", split: "test")
            .load(cache: HubCache(environment: [:]))
        var met: Set<String> = []
        for index in 0..<dataset.count {
            guard case .string(let font) = try dataset.example(at: index, columns: ["font"])["font"] else { continue }
            met.insert(font)
        }
        #expect(met == test)
    }

    @Test("Model, tokenizer and image processor fit each other")
    func model() throws {
        let base = Self.directory + "/models/base"
        let path = base + "/config.json"
        let configuration = try CLIPConfiguration(JSONValue(parsing: FileSystem.read(path)), path: path)
        let tokenizer = try Tokenizer(directory: base)
        #expect(configuration.text.vocabularySize == 1024 && configuration.vision.imageSize == 32)
        let processor = try CLIPImageProcessor(directory: base)
        let dark = Image(height: 28, width: 28, channels: 1, samples: [UInt8](repeating: 0, count: 28 * 28))
        #expect(processor.outputSize(of: dark) == CLIPImageProcessor.Size(height: 32, width: 32))
        var pixels = [Float](repeating: 9, count: 3 * 32 * 32)
        pixels.withUnsafeMutableBufferPointer { processor.process(dark, into: $0) }
        #expect(pixels.allSatisfy { $0 == -1 })
        for expectation in Self.expectations {
            let task = try ZeroShotTask.named(expectation.task)
            let ids: [[Int32]] = try tokenizer.encode(task.prompts.flatMap(\.self), maximumLength: 32)
            #expect(Set(ids).count == ids.count, "\(task.name)")
            #expect(ids.allSatisfy { $0.first == 1022 && $0.last == 1023 && $0.count <= 20 })
            #expect(ids.joined().allSatisfy { (0..<1024).contains($0) })
        }
        // Words of the tasks are whole.
        #expect(try tokenizer.encode("a photo of the printed hiragana \"tsu\".", maximumLength: 32).count == 11)
    }

    @Test("All of it is at most 25 MB")
    func size() throws {
        var byteCount = 0
        func visit(_ path: String) throws {
            if FileSystem.isDirectory(path) {
                for name in FileSystem.names(in: path) { try visit(FileSystem.join(path, name)) }
            } else {
                byteCount += try FileSystem.read(path).count
            }
        }
        try visit(Self.directory)
        #expect((3_000_000...25_000_000).contains(byteCount))
    }
}
