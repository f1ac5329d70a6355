import Glibc
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

/// Any bytes are read or refused, and what was read can be asked for.
@Suite("Files of PyTorch of any bytes")
struct PyTorchFuzzTests {
    private static let fixtures =
        PyTorchFixtures.expectations.map(\.name) + [
            "refused_system.pt", "refused_numpy_array.pt", "refused_typed_tensor.pt", "refused_types.pt",
            "refused_system_pickles.pt", "bad_only_scalars.pt",
        ]

    /// The pickles of the fixtures that are archives, each without what is around it.
    private static let pickles: [[UInt8]] = fixtures.compactMap { name in
        guard let file = try? CheckpointFile(PyTorchFixtures.path(name)) else { return nil }
        guard let archive = try? ZipArchive(file),
            let entry = archive.entries.values.first(where: { $0.name.hasSuffix("/data.pkl") })
        else { return nil }
        return try? file.read(archive.extent(of: entry))
    }

    private static let pickleText = FuzzText(alphabet: PickleWords.texts, corpus: pickles) { random in
        // Deep, wide, and with long lengths.
        let word = random.pick(PickleWords.all)
        return [[UInt8]](repeating: word, count: 20_000).joined() + [0x2E]
    }

    private static func pickle(_ random: inout SplitMix64) -> [UInt8] {
        if random.chance(percent: 40) { return pickleText.make(&random) }
        if random.chance(percent: 50) { return changed(random.pick(pickles), &random) }
        let few = (0...random.below(12)).map { _ in random.pick(PickleWords.all) }
        let source = random.chance(percent: 50) ? few : PickleWords.all
        return [0x80, 0x04] + (0..<random.below(40)).flatMap { _ in random.pick(source) } + [0x2E]
    }

    /// One or two bytes are others; most of what comes out is still nearly right.
    private static func changed(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(2) {
            let place = random.below(bytes.count)
            bytes[place] = random.chance(percent: 50) ? bytes[place] &+ UInt8(random.number(in: 1...3)) : random.byte()
        }
        return bytes
    }

    static let unpickler: FuzzTarget<[UInt8]> = {
        let file = MemoryFile()
        return FuzzTarget(name: "pickle", generate: pickle) { bytes in
            file.write(bytes)
            _ = try attempt { () throws(CheckpointError) in
                var unpickler = Unpickler(PickleReader(try CheckpointFile(file.path), 0..<bytes.count))
                return try unpickler.load()
            }
        }
    }()

    /// Pickles in archives whose storages are there.
    static let archivedPickles: FuzzTarget<[UInt8]> = {
        let file = MemoryFile()
        return FuzzTarget(name: "pickle-in-zip", generate: pickle) { bytes in
            var archive = StoredArchive()
            archive.add("x/data.pkl", bytes)
            for key in 0..<24 { archive.add("x/data/\(key)", [UInt8](repeating: UInt8(key), count: 256)) }
            try check(archive.bytes, in: file)
        }
    }()

    static let files: FuzzTarget<[UInt8]> = {
        let file = MemoryFile()
        let corpus = fixtures.compactMap { try? PyTorchFixtures.bytes($0) }
        let text = FuzzText(
            alphabet: [
                "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "/data.pkl", "ustar",
            ],
            corpus: corpus
        ) { random in
            var archive = StoredArchive()
            for index in 0..<2000 { archive.add("x/\(index)", []) }
            return archive.bytes
        }
        return FuzzTarget(name: "pytorch-file") {
            random in
            random.chance(percent: 50) ? text.make(&random) : changed(random.pick(corpus), &random)
        } check: { bytes in
            try check(bytes, in: file)
        }
    }()

    private static func check(_ bytes: [UInt8], in file: MemoryFile) throws {
        file.write(bytes)
        guard let opened = try attempt({ () throws(CheckpointError) in try PyTorchFile(file.path) }) else { return }
        if opened.stateDict.tensors.isEmpty { throw PropertyFailure("a state dict without tensors") }
        for (name, tensor) in opened.stateDict.tensors {
            guard let width = tensor.dtype.byteCount else {
                throw PropertyFailure("\(name) has the type \(tensor.dtype)")
            }
            guard tensor.byteCount == tensor.elementCount * width,
                tensor.byteCount <= max(bytes.count, StridedExtent.expansionLimit)
            else { throw PropertyFailure("\(name) has \(tensor.byteCount) bytes") }
            let count = tensor.elementCount
            for range in [0..<min(count, 100), max(0, count - 100)..<count] {
                var elements = [UInt8](repeating: 0, count: range.count * width)
                try elements.withUnsafeMutableBytes { try tensor.read(range, into: $0) }
            }
        }
    }

    /// Runs something that may throw an error, which is then checked.
    private static func attempt<Value>(_ work: () throws(CheckpointError) -> Value) throws -> Value? {
        do {
            return try work()
        } catch {
            let text = error.description
            if let control = text.unicodeScalars.first(where: { $0.properties.generalCategory == .control }) {
                throw PropertyFailure(
                    "the message holds U+\(String(control.value, radix: 16)): \(text.debugDescription)")
            }
            if text.utf8.count > 20_000 { throw PropertyFailure("the message has \(text.utf8.count) bytes") }
            return nil
        }
    }

    @Test("The unpickler takes or refuses any bytes")
    func unpicklerTakesAnyBytes() {
        Self.unpickler.run(inputs: 2000)
    }

    @Test("Tensors of any pickle can be read, or are refused")
    func tensorsOfAnyPickle() {
        Self.archivedPickles.run(inputs: 1500)
    }

    @Test("The reader takes or refuses any file")
    func readerTakesAnyFile() {
        Self.files.run(inputs: 1500)
    }
}

/// Instructions of pickles with operands.
private enum PickleWords {
    static let texts = [
        "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_tensor_v3\n",
        "ctorch._utils\n_rebuild_parameter\n",
        "ctorch._tensor\n_rebuild_from_type_v2\n", "ctorch\nFloatStorage\n", "ctorch\nByteStorage\n",
        "ctorch.storage\nUntypedStorage\n", "ctorch\nfloat16\n", "ctorch\nTensor\n", "ctorch\nSize\n",
        "ccollections\nOrderedDict\n", "ccollections\ndefaultdict\n", "c__builtin__\nset\n", "c__builtin__\nlist\n",
        "cos\nsystem\n", "S'storage'\n", "S'0'\n", "S'1'\n", "S'cpu'\n", "S'state_dict'\n", "S'weight'\n", "I0\n",
        "I1\n", "I4\n",
        "I-1\n", "L9223372036854775807L\n", "F1e400\n", "N", "(", ")", "]", "}", "t", "l", "d", "a", "e", "s", "u", "0",
        "1", "2", "R",
        "b", "o", "Q", "P1\n", ".", "p0\n", "g0\n", "q\u{1}", "h\u{1}", "U\u{1}x", "X\u{1}\u{0}\u{0}\u{0}y",
        "(S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI16\ntQ",
        "(S'storage'\nctorch\nHalfStorage\nS'1'\nS'cpu'\nI32\ntQ", "((I2\nI3\nt", "I0\n(I2\nI3\nt(I3\nI1\nt",
        "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI16\ntQI0\n(I4\nI2\nt(I1\nI4\nttR",
    ]

    static let all: [[UInt8]] =
        texts.map { Array($0.utf8) } + [
            [0x80, 2], [0x85], [0x86], [0x87], [0x88], [0x89], [0x8A, 1, 0xFF], [0x8A, 0], [0x8B, 1, 0, 0, 0, 7],
            [0x8B, 0xFF, 0xFF, 0xFF, 0x7F], [0x8C, 1, 0x61], [0x8D, 1, 0, 0, 0, 0, 0, 0, 0, 0x62],
            [0x8D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x8E, 0, 0, 0, 0, 0, 0, 0, 0], [0x8F], [0x90],
            [0x91],
            [0x81], [0x92], [0x93], [0x94], [0x95, 1, 0, 0, 0, 0, 0, 0, 0], [0x96, 0, 0, 0, 0, 0, 0, 0, 0], [0x97],
            [0x98],
            [0x82, 1], [0x42, 1, 0, 0, 0, 1], [0x43, 0], [0x47, 0, 0, 0, 0, 0, 0, 0, 0],
            [0x4A, 0xFF, 0xFF, 0xFF, 0x7F],
            [0x4B, 2], [0x4D, 0, 1], [0x6A, 0, 0, 0, 0], [0x72, 0xFF, 0xFF, 0xFF, 0xFF],
        ]
}

/// A zip archive of files that are not compressed.
private struct StoredArchive {
    private var content: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    mutating func add(_ name: String, _ bytes: [UInt8]) {
        let name = Array(name.utf8)
        let sizes =
            Self.number(UInt32(bytes.count)) + Self.number(UInt32(bytes.count)) + Self.number(UInt16(name.count))
        directory += [0x50, 0x4B, 1, 2] + [UInt8](repeating: 0, count: 16) + sizes + [UInt8](repeating: 0, count: 12)
        directory += Self.number(UInt32(content.count)) + name
        content += [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 14) + sizes + [0, 0] + name + bytes
        count += 1
    }

    var bytes: [UInt8] {
        content + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + Self.number(count) + Self.number(count)
            + Self.number(UInt32(directory.count)) + Self.number(UInt32(content.count)) + [0, 0]
    }

    private static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// A file that lies in memory alone, where there is such a file system, and has no name.
private final class MemoryFile: Sendable {
    private let descriptor: Int32

    var path: String { "/proc/self/fd/\(descriptor)" }

    init() {
        var template = Array((access("/dev/shm", W_OK) == 0 ? "/dev/shm/fuzz-XXXXXX" : "/tmp/fuzz-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        unlink(template)
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) {
        ftruncate(descriptor, 0)
        let count = pwrite(descriptor, bytes, bytes.count, 0)
        precondition(count == bytes.count, "The file holds what was written")
    }
}
