import Checkpoints
import Glibc
import JSON
import OrderedCollections
import Tensors
import TestSupport
import Testing

@Suite("Reading safetensors files")
struct SafetensorsFileTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private func problem(_ bytes: [UInt8]) throws -> SafetensorsProblem? {
        try directory.write("file", bytes)
        let path = directory.path("file")
        let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(path) }
        guard case .invalidSafetensors(path, let problem) = error else {
            Issue.record("another error: \(String(describing: error))")
            return nil
        }
        #expect(error?.description == "\(path): \(problem)")
        return problem
    }

    private func problem(header: String, data: Int = 0) throws -> SafetensorsProblem? {
        try problem(safetensorsBytes(header: header, dataByteCount: data))
    }

    /// A header of one tensor.
    private func entry(_ fields: String) -> String { #"{"t":{\#(fields)}}"# }

    @Test("There are fixtures")
    func fixtures() {
        #expect(SafetensorsFixture.all.count == 17)
    }

    @Test("Files that Python wrote are read as Python reads them", arguments: SafetensorsFixture.all)
    func python(_ fixture: SafetensorsFixture) throws {
        let file = try SafetensorsFile(fixture.path)
        #expect(file.header.metadata.map { Dictionary(uniqueKeysWithValues: $0.map { ($0, $1) }) } == fixture.metadata)
        let stateDict = file.stateDict
        #expect(stateDict.path == fixture.path)
        let names = stateDict.tensors.keys
        #expect(names.count == fixture.tensors.count)
        for (name, expected) in zip(names, fixture.tensors) {
            #expect(name.isSame(expected.name))
            let tensor = try #require(stateDict.tensors[name])
            #expect(tensor.dtype.rawValue == expected.dtype && tensor.shape.dimensions == expected.shape, "\(name)")
            #expect(try tensor.readAll() == expected.bytes, "\(name)")
        }
        #expect(stateDict.byteCount == fixture.tensors.reduce(0) { $0 + $1.bytes.count })
    }

    @Test("A part of a tensor is read alone")
    func part() throws {
        try directory.write(
            "file",
            safetensorsBytes(
                header: #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"#
                    + #""b":{"dtype":"I16","shape":[2,2],"data_offsets":[3,11]}}"#,
                dataByteCount: 11))
        let tensor = try #require(SafetensorsFile(directory.path("file")).stateDict.tensors["b"])
        var bytes = [UInt8](repeating: 0, count: 4)
        try bytes.withUnsafeMutableBytes { try tensor.read(1..<3, into: $0) }
        #expect(bytes == [5, 6, 7, 8])
    }

    @Test("A file that is too short for a header says so")
    func short() throws {
        for count in 0..<8 {
            #expect(try problem([UInt8](repeating: 0, count: count)) == .noHeaderLength(fileByteCount: count))
        }
    }

    @Test("Absurd lengths of the header are refused before anything is read")
    func absurdLength() throws {
        #expect(
            try problem([UInt8](repeating: 0xFF, count: 9))
                == .headerTooLong(byteCount: .max, limit: 100_000_000))
        // One more than the limit, and one less than nothing.
        #expect(
            try problem([0x01, 0xE1, 0xF5, 0x05, 0, 0, 0, 0, 0x7B])
                == .headerTooLong(byteCount: 100_000_001, limit: 100_000_000))
        #expect(
            try problem([0x00, 0xE1, 0xF5, 0x05, 0, 0, 0, 0, 0x7B])
                == .headerCutOff(byteCount: 100_000_000, available: 1))
        #expect(try problem([3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D]) == .headerCutOff(byteCount: 3, available: 2))
    }

    @Test("A header must be an object, from the first byte on")
    func start() throws {
        #expect(try problem(header: " {}") == .headerStart(0x20))
        #expect(try problem(header: "[]") == .headerStart(0x5B))
        #expect(try problem(header: "") == .headerSyntax(JSONError(offset: 0, problem: "expected an object")))
    }

    @Test(
        "What is no JSON, or not the expected JSON, is named with its place",
        arguments: [
            ("{", 1, "expected a key in quotes"), ("{}x", 2, "unexpected text after the value"),
            (#"{"t":1}"#, 5, "expected an object"), (#"{"t":{"dtype":1}}"#, 14, "expected a string"),
            (#"{"t":{"shape":{}}}"#, 14, "expected an array"),
            (#"{"t":{"shape":[-1]}}"#, 15, "expected a whole number that is not negative"),
            (#"{"t":{"shape":[1.0]}}"#, 15, "expected a whole number that is not negative"),
            (#"{"t":{"shape":[9223372036854775808]}}"#, 15, "expected a whole number that is not negative"),
            (#"{"t":{"data_offsets":[1]}}"#, 21, "expected two offsets"),
            (#"{"t":{"data_offsets":[1,2,3]}}"#, 21, "expected two offsets"),
            (#"{"t":{"dtype":"U8","dtype":"U8"}}"#, 19, "'dtype' stands twice"),
            (#"{"t":{"x":{"y":1,"y":2}}}"#, 17, "key 'y' stands twice"),
            (#"{"__metadata__":[]}"#, 16, "expected an object"),
            (#"{"__metadata__":{"a":1}}"#, 21, "expected a string"),
            (#"{"__metadata__":{"a":"1","a":"1"}}"#, 25, "this key stands twice"),
            (#"{"__metadata__":{},"__metadata__":{}}"#, 19, "'__metadata__' stands twice"),
            (#"{"t\ud800":{}}"#, 9, "half of a surrogate pair is missing"),
        ])
    func syntax(_ header: String, offset: Int, problem expected: String) throws {
        #expect(try problem(header: header) == .headerSyntax(JSONError(offset: offset, problem: expected)))
    }

    @Test("Names that are not UTF-8, and absurd nesting, are refused")
    func hostile() throws {
        let name: [UInt8] = [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x7B, 0x7D, 0x7D]
        #expect(
            try problem([8, 0, 0, 0, 0, 0, 0, 0] + name)
                == .headerSyntax(JSONError(offset: 1, problem: "this string is not UTF-8")))
        let deep = #"{"t":{"x":"# + String(repeating: "[", count: 100_000)
        guard case .headerSyntax = try problem(header: deep) else {
            Issue.record("nesting is not limited")
            return
        }
    }

    @Test("Entries that lack something, or know other types, are named")
    func fields() throws {
        let fields = [#""dtype":"F32""#, #""shape":[1]"#, #""data_offsets":[0,4]"#]
        for (index, name) in ["dtype", "shape", "data_offsets"].enumerated() {
            let others = fields.indices.filter { $0 != index }.map { fields[$0] }.joined(separator: ",")
            #expect(try problem(header: entry(others), data: 4) == .missingField(name, tensor: "t"))
        }
        let unknown = entry(#""dtype":"F33","shape":[1],"data_offsets":[0,4]"#)
        #expect(try problem(header: unknown, data: 4) == .unknownDType("F33", tensor: "t"))
    }

    @Test("A name that stands twice is refused")
    func duplicate() throws {
        let one = #""t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"#
        let two = #""t":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}"#
        #expect(try problem(header: "{\(one),\(two)}", data: 2) == .duplicateTensor("t"))
    }

    @Test("Sizes that overflow are refused, even beside a size of 0")
    func overflow() throws {
        let size = Int.max
        for dimensions in [[size, 2], [size, size, 0], [0, size, size], [1 << 32, 1 << 31]] {
            let header = entry(#""dtype":"U8","shape":\#(dimensions),"data_offsets":[0,0]"#)
            #expect(try problem(header: header) == .shapeTooLarge(dimensions, tensor: "t"))
        }
        // The elements can be counted, their bits cannot.
        let header = entry(#""dtype":"F64","shape":[\#(size / 8)],"data_offsets":[0,0]"#)
        #expect(try problem(header: header) == .shapeTooLarge([size / 8], tensor: "t"))
    }

    @Test("Types of less than a byte must fill whole bytes")
    func partialByte() throws {
        let three = entry(#""dtype":"F4","shape":[3],"data_offsets":[0,2]"#)
        #expect(try problem(header: three, data: 2) == .partialByte(.float4, shape: [3], tensor: "t"))
        let four = entry(#""dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]"#)
        try directory.write("file", safetensorsBytes(header: four, dataByteCount: 3))
        #expect(try SafetensorsFile(directory.path("file")).stateDict.byteCount == 3)
    }

    @Test("Offsets must fit type and shape")
    func byteCount() throws {
        let reversed = entry(#""dtype":"U8","shape":[1],"data_offsets":[2,1]"#)
        #expect(try problem(header: reversed, data: 2) == .reversedOffsets(begin: 2, end: 1, tensor: "t"))
        let wrong = entry(#""dtype":"F32","shape":[2,3],"data_offsets":[0,20]"#)
        #expect(try problem(header: wrong, data: 20) == .wrongByteCount(expected: 24, found: 20, tensor: "t"))
    }

    private func two(_ first: Range<Int>, _ second: Range<Int>) -> String {
        func entry(_ range: Range<Int>) -> String {
            #"{"dtype":"U8","shape":[\#(range.count)],"data_offsets":[\#(range.lowerBound),\#(range.upperBound)]}"#
        }
        return #"{"a":\#(entry(first)),"b":\#(entry(second))}"#
    }

    @Test("Tensors fill the data exactly: without overlap, gap, or anything before or after")
    func cover() throws {
        #expect(try problem(header: two(0..<3, 2..<4), data: 4) == .overlap(tensor: "b", begin: 2, previousEnd: 3))
        #expect(try problem(header: two(0..<3, 0..<3), data: 3) == .overlap(tensor: "b", begin: 0, previousEnd: 3))
        #expect(try problem(header: two(0..<3, 1..<1), data: 3) == .overlap(tensor: "b", begin: 1, previousEnd: 3))
        #expect(try problem(header: two(0..<3, 4..<5), data: 5) == .gap(tensor: "b", begin: 4, previousEnd: 3))
        #expect(try problem(header: two(1..<3, 3..<5), data: 5) == .gap(tensor: "a", begin: 1, previousEnd: 0))
        #expect(try problem(header: two(0..<3, 3..<5), data: 4) == .dataCutOff(expected: 5, found: 4))
        #expect(try problem(header: two(0..<3, 3..<5), data: 6) == .trailingBytes(1))
        #expect(try problem(header: "{}", data: 1) == .trailingBytes(1))
    }

    @Test("Order in the header does not matter, and empty tensors may lie anywhere between others")
    func order() throws {
        try directory.write("file", safetensorsBytes(header: two(3..<5, 0..<3), dataByteCount: 5))
        #expect(try SafetensorsFile(directory.path("file")).stateDict.tensors.keys == ["b", "a"])
        try directory.write("file", safetensorsBytes(header: two(0..<5, 0..<0), dataByteCount: 5))
        #expect(try SafetensorsFile(directory.path("file")).stateDict.tensors.keys == ["b", "a"])
        try directory.write("file", safetensorsBytes(header: two(0..<5, 5..<5), dataByteCount: 5))
        #expect(try SafetensorsFile(directory.path("file")).stateDict.tensors.keys == ["a", "b"])
    }

    @Test("Fields that nobody knows are passed over, and metadata may be null")
    func lenient() throws {
        let header =
            #"{"__metadata__":null,"t":{"dtype":"U8","x":{"y":[1,{}]},"shape":[1],"data_offsets":[0,1]} }   "#
        try directory.write("file", safetensorsBytes(header: header, dataByteCount: 1))
        let file = try SafetensorsFile(directory.path("file"))
        #expect(file.header.metadata == nil && file.header.tensors.keys == ["t"])
    }

    @Test("What is no readable file is named")
    func unreadable() {
        #expect(throws: CheckpointError.unreadable(path: "/", code: EISDIR)) { try SafetensorsFile("/") }
        let missing = directory.path("none")
        #expect(throws: CheckpointError.unreadable(path: missing, code: ENOENT)) { try SafetensorsFile(missing) }
    }

    @Test("A file that shrinks after it was opened is an error where it is read")
    func shrunk() throws {
        try directory.write("file", safetensorsBytes(header: two(0..<3, 3..<5), dataByteCount: 5))
        let path = directory.path("file")
        let stateDict = try SafetensorsFile(path).stateDict
        let size = stateDict.byteCount
        let whole = try SafetensorsFile(path).file.byteCount
        #expect(size == 5 && truncate(path, whole - 1) == 0)
        #expect(throws: CheckpointError.truncated(path: path, expected: whole, found: whole - 1)) {
            try stateDict.tensors["b"]?.readAll()
        }
        #expect(try stateDict.tensors["a"]?.readAll() == [0, 1, 2])
    }

    @Test("A sparse file of 14 GB is opened without reading its data")
    func sparse() throws {
        let layers = 1000
        let count = 7_000_000
        let entries = (0..<layers).map { layer in
            #""model.layers.\#(layer).weight":{"dtype":"F16","shape":[7000,1000],"#
                + #""data_offsets":[\#(layer * count * 2),\#((layer + 1) * count * 2)]}"#
        }
        try directory.write("file", safetensorsBytes(header: "{\(entries.joined(separator: ","))}"))
        let path = directory.path("file")
        let headerBytes = try CheckpointFile(path).byteCount
        try #require(truncate(path, headerBytes + layers * count * 2) == 0)
        let before = peakByteCount
        let stateDict = try SafetensorsFile(path).stateDict
        #expect(stateDict.byteCount == 14_000_000_000 && stateDict.tensors.count == layers)
        #expect(peakByteCount - before < 1 << 30)
        let last = try #require(stateDict.tensors.values.last)
        var bytes: [UInt8] = [1, 1, 1, 1]
        try bytes.withUnsafeMutableBytes { try last.read(count - 2..<count, into: $0) }
        #expect(bytes == [0, 0, 0, 0])
    }

    /// The most memory that this process, with all tests that run beside this one, has held so far.
    private var peakByteCount: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss << 10
    }
}
