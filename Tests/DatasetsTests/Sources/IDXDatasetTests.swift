import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// MNIST's format, compressed or not.
@Suite("IDX files")
struct IDXDatasetTests {
    private static let directory = "\(Repository.directory)/Tests/DatasetsTests/Fixtures/sources/mnist"

    @Test("Images and labels stand side by side", arguments: ["train", "test"])
    func examples(split: String) throws {
        let dataset = try IDXDataset(directory: Self.directory, split: split)
        #expect(dataset.count == 3)
        #expect(dataset.features["label"] == .classLabel(names: ["0", "1", "2"]))
        let example = try dataset.example(at: 1, columns: nil)
        #expect(example["image"] == .pixels([8, 9, 10, 11, 12, 13, 14, 15], height: 2, width: 4, channels: 1))
        #expect(example["label"] == .integer(0))
        #expect(try dataset.example(at: 2, columns: ["label"]) == ["label": .integer(1)])
    }

    @Test("Classes can be named")
    func classes() throws {
        let names = ["a", "b", "c", "d"]
        #expect(
            try IDXDataset(directory: Self.directory, split: "test", classes: names).features["label"]
                == .classLabel(names: names))
        #expect(throws: ImageSourceError.self) {
            try IDXDataset(directory: Self.directory, split: "test", classes: ["a", "b"])
        }
    }

    @Test("What is no IDX file says why")
    func malformed() throws {
        let scratch = try ScratchDirectory()
        let images = try FileSystem.read("\(Self.directory)/t10k-images-idx3-ubyte")
        let labels = try FileSystem.read("\(Self.directory)/t10k-labels-idx1-ubyte")
        let gzip = try FileSystem.read("\(Self.directory)/train-images-idx3-ubyte.gz")
        func problem(_ bytes: [UInt8], _ labelBytes: [UInt8]) throws -> String {
            try scratch.write("images", bytes)
            try scratch.write("labels", labelBytes)
            do {
                _ = try IDXDataset(images: scratch.path("images"), labels: scratch.path("labels"))
                return "nothing"
            } catch ImageSourceError.malformed(_, _, let problem) {
                return problem
            }
        }
        #expect(try problem(images, labels) == "nothing")
        #expect(try problem(labels, labels) == "it has 1 dimensions, not 3")
        #expect(try problem([], labels) == "it does not begin like an IDX file")
        #expect(try problem(Array(images.dropLast()), labels) == "its sizes [3, 2, 4] ask for 24 bytes, and 23 follow")
        #expect(try problem([0, 0, 8, 3] + [UInt8](repeating: 0xFF, count: 12), labels).hasSuffix("are too large"))
        #expect(try problem([0, 0, 13, 3], labels).hasPrefix("its elements have type 13"))
        #expect(try problem(Array(gzip.dropLast(10)), labels) == "the compressed bytes end too early")
        var damaged = gzip
        damaged[gzip.count - 6] ^= 1
        #expect(try problem(damaged, labels) == "the compressed bytes are damaged")
        #expect(throws: ImageSourceError.self) { try problem(images, [0, 0, 8, 1, 0, 0, 0, 1, 0]) }
    }

    @Test("A split that is not there is refused")
    func missing() {
        #expect(throws: ImageSourceError.self) { try IDXDataset(directory: Self.directory, split: "validation") }
    }

    @Test("A small file cannot become a large one")
    func bomb() throws {
        let path = "\(Self.directory)/train-images-idx3-ubyte.gz"
        #expect(try SourceFile.readInflated(path, limit: 40).count == 40)
        #expect(throws: ImageSourceError.malformed(path: path, place: nil, problem: "more than 39 bytes come out")) {
            try SourceFile.readInflated(path, limit: 39)
        }
    }
}
