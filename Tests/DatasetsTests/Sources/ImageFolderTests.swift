import Datasets
import OrderedCollections
import TestSupport
import Testing

/// Directories are classes.
@Suite("Image folders")
struct ImageFolderTests {
    private static func directory(_ files: [String]) throws -> ScratchDirectory {
        let directory = try ScratchDirectory()
        for file in files { try directory.write(file, file) }
        return directory
    }

    @Test("Classes and files come in the order of their names")
    func order() throws {
        let directory = try Self.directory([
            "dog/2.PNG", "dog/10.jpg", "cat/deep/1.jpeg", "cat/notes.txt", "cat/.hidden.png", ".git/x.png", "readme.md",
        ])
        let dataset = try ImageFolder(directory: directory.path)
        #expect(dataset.features["label"] == .classLabel(names: ["cat", "dog"]))
        let examples = try (0..<dataset.count).map { try dataset.example(at: $0, columns: nil) }
        #expect(
            examples.map { $0["image"] }
                == ["cat/deep/1.jpeg", "dog/10.jpg", "dog/2.PNG"].map {
                    .image(bytes: Array($0.utf8), path: directory.path($0))
                })
        #expect(examples.map { $0["label"] } == [.integer(0), .integer(1), .integer(1)])
    }

    @Test("Splits are directories, under any of their usual names")
    func splits() throws {
        let directory = try Self.directory(["training/a/1.png", "val/a/2.png", "val/b/3.png"])
        #expect(try ImageFolder(directory: directory.path, split: "train").count == 1)
        #expect(try ImageFolder(directory: directory.path, split: "validation").name == directory.path("val"))
        for split in ["test", "..", "", "a/b"] {
            #expect(throws: ImageSourceError.noSplit(path: directory.path, split: split, splits: ["training", "val"])) {
                try ImageFolder(directory: directory.path, split: split)
            }
        }
    }

    @Test("A directory without images is refused")
    func empty() throws {
        let directory = try Self.directory(["a.png", "x/readme.txt"])
        #expect(throws: ImageSourceError.self) { try ImageFolder(directory: directory.path) }
        #expect(throws: ImageSourceError.self) { try ImageFolder(directory: directory.path("missing")) }
    }

    @Test("Labels are read without the images")
    func columns() throws {
        let directory = try Self.directory(["a/1.png"])
        let dataset = try ImageFolder(directory: directory.path)
        #expect(try dataset.example(at: 0, columns: ["label"]) == ["label": .integer(0)])
    }
}
