import TestSupport
import Testing

@testable import Checkpoints

/// Single instructions, also such as PyTorch never writes.
@Suite("Unpickler")
struct UnpicklerTests {
    /// What a pickle leaves on the stack.
    private func load(
        _ bytes: [UInt8], limits: UnpicklerLimits = .init()
    ) throws -> (value: PickleValue, objects: Unpickler) {
        let scratch = try ScratchDirectory()
        try scratch.write("pickle", bytes)
        var unpickler = Unpickler(
            PickleReader(try CheckpointFile(scratch.path("pickle")), 0..<bytes.count), limits: limits)
        return (try unpickler.load(), unpickler)
    }

    private func text(_ pickle: String) throws -> String {
        let (value, objects) = try load(Array(pickle.utf8))
        return objects.notation(value)
    }

    @Test(
        "Values and containers of the text protocol",
        arguments: [
            ("N.", "None"), ("I01\n.", "true"), ("I00\n.", "false"), ("I-12\n.", "-12"), ("L12L\n.", "12"),
            ("L119547037146038801333356L\n.", "119547037146038801333356"), ("F2.5\n.", "2.5"), ("S'a b'\n.", "\"a b\""),
            ("S\"it's\"\n.", "\"it's\""), ("S'\\x00'\n.", "str"), ("Vtext\n.", "\"text\""),
            ("(I1\nI2\nl.", "list[1, 2]"), ("(I1\nt.", "tuple[1]"), ("(S'a'\nI1\nd.", "dict[\"a\", 1]"),
            ("(lp0\nI1\nag0\n.", "list[1]"), ("(lp5\nI1\na.", "list[1]"),
            ("I1\np0\nI2\np7\nI3\np1\nI4\np0\n(g0\ng7\ng1\nt.", "tuple[4, 2, 3]"),
            ("(dp0\nS'a'\nI1\ns.", "dict[\"a\", 1]"), ("I1\nI2\n0.", "1"), ("(I1\nI2\n1I3\n.", "3"),
            ("I1\n(0.", "1"), ("I7\n2\u{86}.", "tuple[7, 7]"),
            ("ccollections\nOrderedDict\n(tR.", "dict[]"),
            // As Python 2 writes an ordered dictionary.
            ("ccollections\nOrderedDict\n((l(lS'a'\naI1\naatR.", "dict[\"a\", 1]"),
            ("(icollections\nOrderedDict\n.", "dict[]"), ("(c__builtin__\nset\n(lI3\nao.", "set[3]"),
            ("c__builtin__\nset\n((lI3\natR.", "set[3]"), ("c_codecs\nencode\n(Vx\nVlatin1\ntR.", "bytes"),
            ("ctorch\nfloat16\n.", "torch.dtype"), ("ctorch\nSize\n((I2\nttR.", "tuple[2]"),
        ])
    func textProtocol(_ pickle: String, _ expected: String) throws {
        // The one instruction above that is no ASCII.
        let bytes = pickle.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        let (value, objects) = try load(bytes)
        #expect(objects.notation(value) == expected)
    }

    @Test("Numbers of the binary protocols")
    func binaryNumbers() throws {
        let cases: [([UInt8], String)] = [
            ([0x4A, 0xFE, 0xFF, 0xFF, 0xFF], "-2"), ([0x4B, 200], "200"), ([0x4D, 1, 2], "513"), ([0x8A, 0], "0"),
            ([0x8A, 1, 0xFF], "-1"), ([0x8A, 2, 0x00, 0x80], "-32768"), ([0x8A, 3, 0xFF, 0xFF, 0], "65535"),
            ([0x8B, 2, 0, 0, 0, 1, 1], "257"), ([0x8A, 17] + [UInt8](repeating: 1, count: 17), "int"),
            ([0x8A, 16] + [UInt8](repeating: 0xFF, count: 15) + [0x7F], "\(Int128.max)"),
            ([0x47, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0], "1.5"), ([0x55, 2, 0xC3, 0xA9], "\"é\""),
            ([0x55, 1, 0xFF], "bytes"),
            ([0x43, 1, 5], "bytes"), ([0x96, 1, 0, 0, 0, 0, 0, 0, 0, 5], "bytearray"),
            ([0x8F, 0x28, 0x4B, 1, 0x90], "set[1]"), ([0x28, 0x4B, 1, 0x91], "set[1]"),
            ([0x80, 4, 0x95, 2, 0, 0, 0, 0, 0, 0, 0, 0x88], "true"),
        ]
        for (bytes, expected) in cases {
            let (value, objects) = try load(bytes + [0x2E])
            #expect(objects.notation(value) == expected)
        }
    }

    @Test(
        "What no pickle has is named with its place",
        arguments: [
            ("", "ends too early (at byte 0)"), ("I1\n", "ends too early (at byte 3)"),
            (".", "no value to use (at byte 0)"),
            ("I1\n?", "the byte 63 is no instruction of a pickle (at byte 3)"), ("Ix\n.", "no whole number"),
            ("Fx\n.", "no number"), ("Sx\n.", "not in quotes"), ("g1\n.", "the memo has no place 1 (at byte 0)"),
            ("I1\np-1\n.", "no place in the memo"), ("t.", "there is no mark"), ("I1\n(R.", "too few values to use"),
            ("I1\na.", "there is no value to use"), ("I1\nI2\na.", "items of a list are put into int"),
            ("(lI1\nI2\ns.", "items of a dict are put into list"), ("(I1\nd.", "a key of a dict has no value"),
            ("I1\n)R.", "int is called, which is no function"), ("I1\nNb.", "attributes are given to int"),
            ("P1\n.", "a reference to a storage is a text"), ("NQ.", "expected a tuple, found None"),
            ("(S'module'\nNNNNtQ.", "no storage"), ("X\u{7F}\u{7F}\u{7F}\u{7F}a.", "beyond the end of the pickle"),
            ("ctorch._utils\n_rebuild_tensor_v2\n(tR.", "a tensor is made of 0 arguments"),
            ("ctorch._utils\n_rebuild_tensor_v2\n(NI0\n))tR.", "made of None, not of a storage"),
            ("ctorch._utils\n_rebuild_parameter\n(tR.", "a parameter is made of nothing"),
            ("ctorch\nTensor\n)R.", "makes no tensor by itself"),
            ("ccollections\nOrderedDict\n(I1\ntR.", "made of what is no container"),
            ("ccollections\nOrderedDict\n((lI1\natR.", "made of what are no pairs"),
        ])
    func malformed(_ pickle: String, _ problem: String) throws {
        let error = try #require(throws: CheckpointError.self) { try text(pickle) }
        #expect(error.description.contains(problem), "\(error)")
    }

    private static let storage = "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI6\ntQ"

    @Test(
        "Impossible tensors and storages are refused",
        arguments: [
            (storage.replacing("I6", with: "I-1"), "absurd"),
            (storage.replacing("I6", with: "L9223372036854775807L"), "absurd"),
            (storage.replacing("I6\n", with: "N"), "lacks its class, key or length"),
            (storage.replacing("ctorch\nFloatStorage\n", with: "S'FloatStorage'\n"), "lacks its class, key or length"),
            (storage.replacing("tQ", with: "(S'1'\nI4\nI3\nttQ"), "goes beyond its end"),
            ("ctorch._utils\n_rebuild_tensor_v2\n(\(storage)I-1\n(t(ttR", "offset is no count"),
            ("ctorch._utils\n_rebuild_tensor_v2\n(\(storage)I0\n(I-1\nt(I1\nttR", "size is no count"),
            ("ctorch._utils\n_rebuild_tensor_v2\n(\(storage)I0\n(I1\nt(I-1\nttR", "stride is no count"),
            ("ctorch._utils\n_rebuild_tensor_v2\n(\(storage)I0\n(I1\nt(ttR", "1 sizes and 0 strides"),
            ("ctorch._utils\n_rebuild_tensor_v3\n(\(storage)I0\n))I00\nNNtR", "the type of a tensor is missing"),
            (
                "ctorch._utils\n_rebuild_tensor_v2\n(\(storage)I0\n(\(String(repeating: "I1\n", count: 65))t(ttR",
                "65 dimensions"
            ),
        ])
    func impossibleTensors(_ pickle: String, _ problem: String) throws {
        let error = try #require(throws: CheckpointError.self) { try text(pickle + ".") }
        #expect(error.description.contains(problem), "\(error)")
    }

    @Test("Names with control characters, and endless ones, are shown as text")
    func hostileNames() throws {
        let error = try #require(throws: CheckpointError.self) {
            try text("c\u{1B}[2Jos\n\u{202E}system\(String(repeating: "x", count: 500))\n.")
        }
        #expect(error.description.contains("·[2Jos.·systemxxx"))
        #expect(error.description.utf8.count < 400)
    }

    @Test("Depth, repetition and loops cost little")
    func bombs() throws {
        func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
        // Many tuples, each in the next.
        #expect(throws: Never.self) {
            try load(
                bytes(")") + [UInt8](repeating: 0x85, count: 200_000)
                    + bytes("."))
        }
        // Each tuple holds the one before twice.
        #expect(throws: Never.self) {
            try load(bytes("N") + Array((0..<1000).flatMap { _ in [0x32, 0x86] }) + bytes("."))
        }
        // A list that holds itself.
        let (value, objects) = try load(bytes("(lp0\ng0\na."))
        #expect(objects.name(of: value) == "list")
    }

    @Test("Pickles that make too much are given up")
    func limits() throws {
        func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
        func repeated(_ text: String) -> [UInt8] { bytes(String(repeating: text, count: 101)) }
        var limits = UnpicklerLimits()
        limits.stack = 100
        limits.containers = 100
        limits.memo = 100
        limits.tensors = 100
        limits.steps = 1000
        let tensor = "ctorch._utils\n_rebuild_tensor\n(g0\nI0\n))tR0"
        for (pickle, problem) in [
            (repeated("N"), "too large a stack"), (repeated("("), "nests too deep"),
            (repeated("]0"), "more than 100 containers"),
            (bytes("N") + (0...100).flatMap { bytes("p\($0)\n") }, "too large a memo"),
            (repeated("N0N0N0N0N0"), "more than 1000 values"),
            (
                bytes("(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI6\ntp0\n0") + repeated("g0\nQ0"),
                "more than 100 times"
            ),
            // A list of eighty values, copied again and again.
            (
                bytes("](") + [UInt8](repeating: 0x4E, count: 80) + bytes("ep0\n")
                    + repeated("c__builtin__\nlist\n(g0\ntR0"), "more than 1000 values"
            ),
        ] as [([UInt8], String)] {
            let error = try #require(throws: CheckpointError.self) { try load(pickle + bytes("."), limits: limits) }
            #expect(error.description.contains(problem), "\(error)")
        }
        limits.containers = 1000
        limits.steps = 10_000
        let tensors = bytes(Self.storage + "p0\n0") + repeated(tensor)
        let error = try #require(throws: CheckpointError.self) { try load(tensors + bytes("."), limits: limits) }
        #expect(error.description.contains("more than 100 tensors"), "\(error)")
    }

    @Test("Text longer than a window is read whole")
    func longText() throws {
        let long = String(repeating: "0123456789", count: 20_000)
        let length = withUnsafeBytes(of: UInt32(long.utf8.count).littleEndian) { Array($0) }
        let (value, objects) = try load([0x4B, 1, 0x58] + length + Array(long.utf8) + [0x4B, 2, 0x87, 0x2E])
        #expect(objects.notation(value) == "tuple[1, \"\(long)\", 2]")
    }
}

extension Unpickler {
    /// A value with what it holds; only for values that do not hold themselves.
    fileprivate func notation(_ value: PickleValue) -> String {
        switch value {
        case .boolean(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .string(let text): "\"\(text)\""
        case .container(let place):
            "\(containers[place].kind.rawValue)[\(containers[place].items.map(notation).joined(separator: ", "))]"
        default: name(of: value)
        }
    }
}
