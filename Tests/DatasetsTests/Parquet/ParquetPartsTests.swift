import OrderedCollections
import Testing

@testable import Datasets

/// What files of PyArrow do not show: older schemas, and small formats by the letter of their specifications.
@Suite("Parts of Parquet files")
struct ParquetPartsTests {
    private func elements(_ entries: [[UInt8]]) throws -> [ParquetSchemaElement] {
        try entries.map { bytes in
            var reader = ThriftCompactReader(bytes, name: "test")
            return try ParquetSchemaElement(&reader)
        }
    }

    /// An entry of a schema in Thrift's compact protocol.
    private func entry(
        _ name: String, type: UInt8? = nil, repetition: UInt8 = 0, children: UInt8 = 0, converted: UInt8? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: UInt8 = 0
        func number(_ id: UInt8, _ value: UInt8?) {
            guard let value else { return }
            bytes += [(id - last) << 4 | 5, value << 1]
            last = id
        }
        number(1, type)
        number(3, repetition)
        bytes += [(4 - last) << 4 | 8, UInt8(name.utf8.count)] + Array(name.utf8)
        last = 4
        if children > 0 { number(5, children) }
        number(6, converted)
        return bytes + [0]
    }

    private func type(_ entries: [[UInt8]]) throws -> String? {
        let schema = try ParquetSchema(elements([entry("schema", children: 1)] + entries))
        return schema.columns.values.first?.typeDescription
    }

    @Test("Lists of all forms that writers have used")
    func lists() throws {
        let list = entry("l", repetition: 1, children: 1, converted: 3)
        let number = entry("x", type: 1)
        let other = entry("y", type: 1, repetition: 1)
        #expect(try type([list, entry("list", repetition: 2, children: 1), number]) == "list of int32")
        #expect(try type([list, entry("element", type: 1, repetition: 2)]) == "list of int32")
        #expect(
            try type([list, entry("element", repetition: 2, children: 2), number, other])
                == "list of {x: int32, y: int32}")
        #expect(try type([list, entry("array", repetition: 2, children: 1), number]) == "list of {x: int32}")
        #expect(try type([list, entry("l_tuple", repetition: 2, children: 1), number]) == "list of {x: int32}")
        #expect(
            try type([
                list, entry("element", repetition: 2, children: 1), entry("items", type: 1, repetition: 2),
            ]) == "list of {items: list of int32}")
        #expect(try type([entry("l", repetition: 2, children: 1), number]) == "list of {x: int32}")
        // Named like the layer below it.
        #expect(
            try type([
                entry("list", repetition: 1, children: 1, converted: 3),
                entry("list", repetition: 2, children: 1), number,
            ]) == "list of int32")
    }

    @Test("Schemas that are no trees are refused")
    func malformed() throws {
        let number = entry("x", type: 1)
        for entries in [
            [], [number, number], [entry("s", children: 2), number], [entry("x")], [entry("x", type: 9)],
            [entry("x", type: 1, repetition: 3)], [entry("x", type: 7)], [entry("x", type: 1, children: 1), number],
        ] {
            #expect(throws: ParquetProblem.self) { try type(entries) }
        }
        let deep = [[UInt8]](repeating: entry("s", children: 1), count: 80) + [number]
        #expect(throws: ParquetProblem.self) { try type(deep) }
        let twice = try elements([entry("schema", children: 2), number, number])
        #expect(throws: ParquetProblem.self) { try ParquetSchema(twice) }
    }

    private func snappy(_ bytes: [UInt8], _ count: Int) throws -> String {
        let decoded = try ParquetCodec.snappy.decompress(bytes, 0..<bytes.count, to: count)
        return String(decoding: decoded.bytes, as: UTF8.self)
    }

    @Test("Snappy: literals, copies of all sizes, and copies of what they write themselves")
    func snappy() throws {
        let abc = Array("abc".utf8)
        #expect(try snappy([3, 2 << 2] + abc, 3) == "abc")
        #expect(try snappy([3, 60 << 2, 2] + abc, 3) == "abc")
        #expect(try snappy([7, 2 << 2] + abc + [0 << 2 | 1, 3], 7) == "abcabca")
        #expect(try snappy([13, 2 << 2] + abc + [9 << 2 | 2, 3, 0], 13) == "abcabcabcabca")
        #expect(try snappy([5, 2 << 2] + abc + [1 << 2 | 3, 1, 0, 0, 0], 5) == "abccc")
        #expect(try snappy([0], 0) == "")
        for (bytes, count) in [
            ([], 3), ([3], 3), ([3, 2 << 2, 97], 3), ([2, 2 << 2] + abc, 2), ([3, 2 << 2] + abc, 4),
            ([7, 2 << 2] + abc + [1, 4], 7), ([7, 2 << 2] + abc + [1, 0], 7), ([5, 2 << 2] + abc + [1, 3], 5),
            ([7, 2 << 2] + abc + [1], 7), ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 3),
        ] as [([UInt8], Int)] {
            #expect(throws: ParquetProblem.self) { try snappy(bytes, count) }
        }
    }

    @Test(
        "Sizes that no compression reaches are refused before memory is asked for",
        arguments: [
            ParquetCodec.snappy, .gzip, .zstd,
        ])
    func ratios(_ codec: ParquetCodec) {
        #expect(throws: ParquetProblem.self) { try codec.decompress([1, 2, 3], 0..<3, to: 1 << 30) }
    }

    @Test("The examples of the specifications: runs and packed numbers")
    func runs() throws {
        // Eight numbers 0 to 7 of three bits, and a run of five fours.
        var bytes = PageBytes([0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010, 5 << 1, 4])
        let numbers: [UInt32] = try RunLengthDecoder.decode(&bytes, count: 13, bitWidth: 3, content: "test")
        #expect(numbers == [0, 1, 2, 3, 4, 5, 6, 7, 4, 4, 4, 4, 4])
        var older = PageBytes([0b0000_0101, 0b0011_1001, 0b0111_0111])
        let levels = try RunLengthDecoder.decodeBitPacked(&older, count: 8, bitWidth: 3, content: "test")
        #expect(levels == [0, 1, 2, 3, 4, 5, 6, 7])
        // 7, 5, 3, 1, 2, 3, 4, 5: blocks of 128 numbers in four parts, the smallest difference -2, then two bits each.
        var delta = PageBytes(
            [128, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0b1100_0000, 0b0011_1111] + [UInt8](repeating: 0, count: 6))
        #expect(try DeltaDecoder.integers(&delta, limit: 8) == [7, 5, 3, 1, 2, 3, 4, 5])
    }

    @Test("Decimals keep all digits")
    func decimals() throws {
        #expect(try DecimalText.text(12345, scale: 3) == "12.345")
        #expect(try DecimalText.text(-5, scale: 3) == "-0.005")
        #expect(try DecimalText.text(7, scale: 0) == "7")
        #expect(try DecimalText.text([0xFF, 0x85], scale: 2) == "-1.23")
        #expect(try DecimalText.text([0x7F] + [UInt8](repeating: 0xFF, count: 15), scale: 0) == "\(Int128.max)")
        #expect(throws: ParquetProblem.self) { try DecimalText.text([UInt8](repeating: 1, count: 17)[...], scale: 0) }
        #expect(throws: ParquetProblem.self) { try DecimalText.text(1, scale: -1) }
    }

    @Test("What the metadata nest without end is refused")
    func nestedMetadata() {
        // Structures in a field that nobody knows.
        let deep = [UInt8](repeating: 0x1C, count: 10_000)
        #expect(throws: ParquetProblem.self) { try ParquetMetadata(parsing: deep) }
        // A list that says it has 2⁶² elements.
        let long: [UInt8] = [0x29, 0xFC] + [UInt8](repeating: 0xFF, count: 8) + [0x3F]
        #expect(throws: ParquetProblem.self) { try ParquetMetadata(parsing: long) }
    }

    @Test("Images without bytes and unknown classes are refused, null stays null")
    func interpretation() throws {
        let label = Feature.classLabel(names: ["a", "b"])
        #expect(try label.interpreted(.string("b")) == .integer(1))
        #expect(try label.interpreted(.integer(5)) == .integer(5))
        #expect(throws: ParquetProblem.unknownClass("c")) { try label.interpreted(.string("c")) }
        #expect(try Feature.image.interpreted(.null) == .null)
        #expect(try Feature.image.interpreted(.structure(["bytes": .null, "path": .null])) == .null)
        #expect(throws: ParquetProblem.imageWithoutBytes(imagePath: "x.png")) {
            try Feature.image.interpreted(.structure(["bytes": .null, "path": .string("x.png")]))
        }
    }
}
