import Checkpoints
import Datasets
import OrderedCollections
import TestSupport
import Testing

@Suite("Data sets of image files, as load_dataset finds them")
struct ImageFormatTests {
    private static func load(_ path: String, split: String) throws -> any Dataset {
        try LoadDataset(path: path, split: split).load(cache: HubCache(directory: "/nowhere"))
    }

    @Test("Folders: the classes are those of all splits")
    func folders() throws {
        let directory = try ScratchDirectory()
        for (path, byte) in [("train/cat/1.png", 1), ("train/dog/2.png", 2), ("test/dog/3.png", 3)] {
            try directory.write(path, [UInt8(byte)])
        }
        let test = try Self.load(directory.path, split: "test")
        #expect(test.count == 1)
        #expect(test.features == ["image": .image, "label": .classLabel(names: ["cat", "dog"])])
        let example = try test.example(at: 0, columns: nil)
        #expect(example["label"] == .integer(1))
        guard case .image(let bytes, _) = example["image"] else {
            Issue.record("there is no image")
            return
        }
        #expect(bytes == [3])
        #expect(try Self.load(directory.path, split: "train").count == 2)
    }

    @Test("Lists")
    func lists() throws {
        let directory = try ScratchDirectory()
        try directory.write("test.csv", "path,label\na.png,cat\nb.png,dog\n")
        let list = try Self.load(directory.path, split: "test")
        #expect(list.count == 2)
        #expect(try list.example(at: 1, columns: ["label"]) == ["label": .integer(1)])
        try directory.write("test.csv", "wrong\n")
        #expect(throws: LoadDatasetError.self) { try Self.load(directory.path, split: "test") }
    }
}
