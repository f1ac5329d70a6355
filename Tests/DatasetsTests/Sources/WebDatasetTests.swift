import Datasets
import OrderedCollections
import TestSupport
import Testing

/// Members of a tar archive make examples.
@Suite("WebDataset archives")
struct WebDatasetTests {
    private static let directory = "\(Repository.directory)/Tests/DatasetsTests/Fixtures/sources"

    @Test("Archives of all forms hold the same examples", arguments: ["ustar", "gnu", "pax"])
    func examples(form: String) throws {
        let dataset = try WebDataset(shards: ["\(Self.directory)/\(form).tar"])
        #expect(dataset.count == 3)
        #expect(Array(dataset.features.keys) == ["__key__", "jpg", "cls", "txt", "png", "json"])
        let first = try dataset.example(at: 0, columns: nil)
        #expect(first["__key__"] == .string("a/000"))
        #expect(first["jpg"] == .image(bytes: Array("first".utf8), path: "a/000.jpg"))
        #expect(first["cls"] == .integer(3))
        #expect(first["txt"] == .null)
        #expect(try dataset.example(at: 1, columns: ["txt"]) == ["txt": .string("größe")])
        let third = try dataset.example(at: 2, columns: nil)
        let name = form == "ustar" ? "groesse" : "größe"
        #expect(third["__key__"] == .string(String(repeating: "directory/", count: 12) + name))
        #expect(
            third["json"] == .structure(["label": .integer(2), "tags": .list([.string("x"), .null, .float(1.5)])]))
        guard case .image(let bytes, _) = third["png"] else {
            Issue.record("no image")
            return
        }
        #expect(bytes.count == 1000)
        #expect(try ImageColumns(of: dataset) == ImageColumns(of: dataset, image: "jpg", label: "cls"))
    }

    @Test("The archives of a directory follow each other")
    func directories() throws {
        let dataset = try WebDataset(directory: Self.directory)
        #expect(dataset.count == 9)
        #expect(try WebDataset(directory: Self.directory, split: "gnu").count == 3)
        #expect(throws: ImageSourceError.self) { try WebDataset(directory: Self.directory, split: "test") }
    }

    @Test("Damage says where it is")
    func damage() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path("x.tar")
        func failure(_ bytes: [UInt8]) throws -> ImageSourceError? {
            try scratch.write("x.tar", bytes)
            do throws(ImageSourceError) {
                _ = try WebDataset(shards: [path])
                return nil
            } catch {
                return error
            }
        }
        let bytes = try ImageFixtures.read("\(Self.directory)/ustar.tar")
        #expect(try failure(bytes) == nil)
        #expect(
            try failure(Array(bytes.prefix(512 + 512 + 2)))
                == .malformed(path: path, place: "byte 512", problem: "a member is cut off"))
        var damaged = bytes
        damaged[1536 + 3] ^= 1
        #expect(
            try failure(damaged)
                == .malformed(path: path, place: "byte 1536", problem: "this is no header of a tar archive"))
        #expect(try failure([1, 2, 3]) == .malformed(path: path, place: "byte 0", problem: "it is no tar archive"))
        #expect(throws: ImageSourceError.self) { try WebDataset(shards: [scratch.path("missing.tar")]) }
        #expect(throws: ImageSourceError.self) { try WebDataset(shards: []) }
    }

    @Test("A label that is no number is refused when it is read")
    func label() throws {
        let scratch = try ScratchDirectory()
        var bytes = try ImageFixtures.read("\(Self.directory)/ustar.tar")
        let place = try #require(bytes.firstRange(of: Array("3\n".utf8) + [0])?.lowerBound)
        bytes[place] = UInt8(ascii: "x")
        try scratch.write("x.tar", bytes)
        let dataset = try WebDataset(shards: [scratch.path("x.tar")])
        #expect(
            throws: ImageSourceError.malformed(
                path: scratch.path("x.tar"), place: "a/000.cls", problem: "it is no whole number")
        ) { try dataset.example(at: 0, columns: ["cls"]) }
    }
}
