import JSON
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

/// Any bytes are read or refused; what is read covers the data exactly, and can be written and read again.
@Suite("Safetensors files of any bytes")
struct SafetensorsFuzzTests {
    /// A header, and how many bytes of data follow.
    struct Input: FuzzInput {
        let header: [UInt8]
        let dataByteCount: Int

        var bytes: [UInt8] { header + Array("\n\(dataByteCount)".utf8) }
    }

    static let target = FuzzTarget(name: "safetensors") { random in
        let header = SafetensorsFuzzText.header.make(&random)
        // Mostly the length that the header asks for.
        let asked = random.chance(percent: 80) ? Self.askedByteCount(header) : nil
        return Input(header: header, dataByteCount: asked ?? random.pick([0, 1, 4, 8, 16, 1 << 20, .max]))
    } check: { input in
        let header: SafetensorsHeader
        do throws(SafetensorsProblem) {
            header = try SafetensorsHeader(parsing: input.header, dataByteCount: input.dataByteCount)
        } catch {
            return try FuzzMessage.check(.invalidSafetensors(path: "fuzz.safetensors", error))
        }
        try checkCover(header, input.dataByteCount)
        try checkWriting(header)
    }

    /// The end of the last tensor, as far as it can be found without a reader of JSON.
    private static func askedByteCount(_ header: [UInt8]) -> Int? {
        let ends = String(decoding: header, as: UTF8.self).split(separator: "]").compactMap { part in
            part.split(separator: ",").last.flatMap { Int($0) }
        }
        return ends.max().map { max(0, $0) }
    }

    private static func checkCover(_ header: SafetensorsHeader, _ byteCount: Int) throws {
        var end = 0
        for (name, entry) in header.tensors {
            guard entry.range.lowerBound == end,
                entry.dtype.byteCount(elements: entry.shape.elementCount) == entry.range.count
            else { throw PropertyFailure("\(name.debugDescription) lies at \(entry.range), after \(end)") }
            end = entry.range.upperBound
        }
        if end != byteCount { throw PropertyFailure("the tensors end at \(end) of \(byteCount)") }
    }

    private static func checkWriting(_ header: SafetensorsHeader) throws {
        let descriptions = header.tensors.map { TensorDescription(name: $0, dtype: $1.dtype, shape: $1.shape) }
        let written = try SafetensorsHeader(layingOut: descriptions, metadata: header.metadata)
        let bytes = try written.encoded()
        let count = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard count == bytes.count - 8, count % 8 == 0 else { throw PropertyFailure("the length is wrong") }
        let readBack = try SafetensorsHeader(parsing: Array(bytes[8...]), dataByteCount: header.dataByteCount)
        guard readBack == written, Set(readBack.tensors.keys) == Set(header.tensors.keys),
            readBack.metadata == header.metadata
        else { throw PropertyFailure("what was written reads back as something else") }
    }

    @Test("The reader takes or refuses any header")
    func headers() {
        Self.target.run(inputs: 2000)
    }

    /// Whole files, with the length of the header.
    static let files = FuzzTarget(name: "safetensors-file") { random in
        var bytes = SafetensorsFuzzText.header.make(&random)
        let length = random.chance(percent: 80) ? UInt64(bytes.count) : random.next() >> UInt64(random.below(64))
        bytes.insert(contentsOf: withUnsafeBytes(of: length.littleEndian) { Array($0) }, at: 0)
        bytes += repeatElement(0, count: random.below(64))
        return random.chance(percent: 10) ? Array(bytes.prefix(random.below(bytes.count))) : bytes
    } check: { (bytes: [UInt8]) in
        do throws(SafetensorsProblem) {
            let start = Array(bytes.prefix(8))
            let count = try SafetensorsHeader.byteCount(from: start, fileByteCount: bytes.count)
            guard count <= bytes.count - 8 else { return }
            _ = try SafetensorsHeader(parsing: Array(bytes[8..<8 + count]), dataByteCount: bytes.count - 8 - count)
        } catch {
            try FuzzMessage.check(.invalidSafetensors(path: "fuzz.safetensors", error))
        }
    }

    @Test("The reader takes or refuses any file")
    func wholeFiles() {
        Self.files.run(inputs: 2000)
    }
}

/// The property of every error: it says something, and can be shown on a terminal.
enum FuzzMessage {
    static func check(_ error: CheckpointError) throws {
        let text = error.description
        if text.isEmpty || text.count > 20_000 { throw PropertyFailure("the message has \(text.count) characters") }
        let isControl = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .control }
        if text.unicodeScalars.contains(where: { isControl($0) && $0 != "\n" && $0 != "\t" }) {
            throw PropertyFailure("the message holds control characters: \(text.debugDescription)")
        }
    }
}
