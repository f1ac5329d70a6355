import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// A CSV file lists images.
@Suite("Manifests")
struct ImageManifestTests {
    @Test("Fields may be quoted, and lines end as they like")
    func fields() throws {
        let text = "\u{FEFF}a,b\r\n\"x,\"\"y\"\"\nz\",\n\n1,größe"
        let table = try CSVTable(parsing: Array(text.utf8))
        #expect(table.rows == [["a", "b"], ["x,\"y\"\nz", ""], ["1", "größe"]])
        #expect(table.lines == [1, 2, 5])
        #expect(try CSVTable(parsing: []).rows == [])
        #expect(try CSVTable(parsing: Array("a,".utf8)).rows == [["a", ""]])
    }

    @Test("What is no table says where")
    func malformed() {
        #expect(throws: CSVProblem(line: 2, text: "a quote is not closed")) {
            try CSVTable(parsing: Array("a\n\"b\n\nc".utf8))
        }
        #expect(throws: CSVProblem.self) { try CSVTable(parsing: Array("\"a\"b\n".utf8)) }
        #expect(throws: CSVProblem(line: 1, text: "a field is not UTF-8")) { try CSVTable(parsing: [0xFF]) }
    }

    private static func manifest(_ text: String, _ scratch: ScratchDirectory) throws -> ImageManifest {
        try scratch.write("list.csv", text)
        return try ImageManifest(path: scratch.path("list.csv"))
    }

    @Test("Names of classes are sorted, numbers are taken as they are")
    func classes() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("images/1.png", "one")
        let names = try Self.manifest("path,label,note\nimages/1.png,dog,x\n/2.png,cat,y\n", scratch)
        #expect(names.features["label"] == .classLabel(names: ["cat", "dog"]))
        #expect(names.features["note"] == .value(type: "string"))
        #expect(
            try names.example(at: 0, columns: nil)
                == [
                    "image": .image(bytes: Array("one".utf8), path: scratch.path("images/1.png")), "label": .integer(1),
                    "note": .string("x"),
                ])
        #expect(try names.example(at: 1, columns: ["label"]) == ["label": .integer(0)])
        #expect(throws: ImageSourceError.self) { try names.example(at: 1, columns: ["image"]) }
        let numbers = try Self.manifest("label,file_name\n2,a\n0,b", scratch)
        #expect(numbers.features["label"] == .classLabel(names: ["0", "1", "2"]))
        #expect(try numbers.example(at: 0, columns: ["label"]) == ["label": .integer(2)])
    }

    @Test(
        "A manifest that cannot be used says why",
        arguments: [
            ("", "expected a header"), ("path,label\na\n", "line 2: it has 1 fields, the header 2"),
            ("path,path,label\n", "column 'path' stands twice"), ("path,kind\n", "there is no column of labels"),
            ("path,label\na,-1\n", "label -1 is no number of a class"),
            ("path,label\na,99999999999\n", "is no number of a class"),
        ])
    func problems(text: String, problem: String) throws {
        let scratch = try ScratchDirectory()
        #expect {
            _ = try Self.manifest(text, scratch)
        } throws: {
            "\($0)".contains(problem)
        }
    }
}
