import JSON
import Testing

@Suite("JSON, piece by piece")
struct JSONReaderTests {
    @Test("Objects, arrays, strings and sizes")
    func reads() throws {
        var reader = JSONReader(Array(#" { "a" : [ 1 , 2 ] , "é\n" : "x", "n": null, "v": {"k": []}, "e": {} } "#.utf8))
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        #expect(reader.keyPosition == 3)
        try reader.beginArray()
        var sizes: [Int] = []
        while try reader.nextItem() { sizes.append(try reader.readSize()) }
        #expect(sizes == [1, 2])
        #expect(try reader.nextKey() == "é\n")
        let takesNoString = reader.takesNull()
        #expect(!takesNoString)
        #expect(try reader.readString() == "x")
        #expect(try reader.nextKey() == "n")
        let takesNull = reader.takesNull()
        #expect(takesNull)
        #expect(try reader.nextKey() == "v")
        #expect(try reader.readValue() == ["k": []])
        #expect(try reader.nextKey() == "e")
        try reader.beginObject()
        #expect(try reader.nextKey() == nil)
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    private func error(_ text: String, _ read: (inout JSONReader) throws -> Void) -> JSONError? {
        var reader = JSONReader(Array(text.utf8))
        return #expect(throws: JSONError.self) { try read(&reader) }
    }

    @Test("What is not the expected kind is refused with its place")
    func wrongKind() {
        #expect(error(" 1") { try $0.beginObject() }?.offset == 1)
        #expect(error("{}") { try $0.beginArray() }?.offset == 0)
        #expect(error(" 1") { _ = try $0.readString() }?.offset == 1)
        for text in ["-1", "1.5", "1e3", "9223372036854775808", "\"1\"", "null", ""] {
            #expect(error(text) { _ = try $0.readSize() }?.offset == 0, "\(text)")
        }
        #expect(
            error("1 2") {
                _ = try $0.readSize(); try $0.finish()
            }?.offset == 2)
    }

    @Test("Commas stand between items, and only there", arguments: ["[1 2]", "[,1]", "[1,]", "[1,,2]", "[1", "["])
    func commas(_ text: String) {
        _ = error(text) { reader in
            try reader.beginArray()
            while try reader.nextItem() { _ = try reader.readValue() }
        }
    }

    @Test(
        "Commas stand between entries, and only there", arguments: [#"{"a":1 "b":2}"#, #"{,"a":1}"#, #"{"a":1,}"#, "{"])
    func entryCommas(_ text: String) {
        _ = error(text) { reader in
            try reader.beginObject()
            while try reader.nextKey() != nil { _ = try reader.readValue() }
        }
    }

    @Test("Containers that the caller enters count as levels, too")
    func depth() {
        _ = error(String(repeating: "[", count: 1000)) { reader in
            while true {
                try reader.beginArray()
                _ = try reader.nextItem()
            }
        }
    }
}
