import OrderedCollections
import TestSupport
import Testing

@testable import Checkpoints

/// Directories of zip archives that contradict themselves.
@Suite("Zip archives")
struct ZipArchiveTests {
    /// Opens a fixture after some of its bytes were changed.
    private func open(_ name: String, _ change: (inout [UInt8]) throws -> Void) throws -> ZipArchive {
        let scratch = try ScratchDirectory()
        var bytes = try PyTorchFixtures.bytes(name)
        try change(&bytes)
        try scratch.write("archive", bytes)
        return try ZipArchive(try CheckpointFile(scratch.path("archive")))
    }

    private func problem(
        _ name: String, sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout [UInt8]) throws -> Void
    ) throws -> String {
        try #require(throws: CheckpointError.self, sourceLocation: sourceLocation) {
            let archive = try open(name, change)
            for entry in archive.entries.values { _ = try archive.extent(of: entry) }
        }.description
    }

    /// Where the last header with a signature starts.
    private func last(_ signature: [UInt8], _ bytes: [UInt8]) throws -> Int {
        try #require((0..<bytes.count - 4).last { Array(bytes[$0..<$0 + 4]) == signature })
    }

    private static let entry: [UInt8] = [0x50, 0x4B, 1, 2]
    private static let end: [UInt8] = [0x50, 0x4B, 5, 6]
    private static let wideEnd: [UInt8] = [0x50, 0x4B, 6, 6]
    private static let locator: [UInt8] = [0x50, 0x4B, 6, 7]

    @Test(
        "Entries of archives of normal and of large size are found", arguments: ["small.pt", "unaligned.pt", "wide.pt"])
    func entries(_ name: String) throws {
        let archive = try open(name) { _ in }
        let order = try #require(archive.entries["small/byteorder"])
        #expect(try archive.file.read(archive.extent(of: order)) == Array("little".utf8))
        #expect(archive.entries.keys.first == "small/data.pkl")
    }

    @Test("A comment may follow, also one that looks like an end")
    func comments() throws {
        let archive = try open("small.pt") { bytes in
            bytes[bytes.count - 2] = 30
            bytes += Self.end + [UInt8](repeating: 0, count: 26)
        }
        #expect(archive.entries.count == 8)
    }

    @Test("What contradicts itself is refused")
    func contradictions() throws {
        #expect(
            try problem("small.pt") { $0[try last(Self.end, $0)] = 0 }.contains("the directory at its end is missing"))
        #expect(try problem("small.pt") { $0[try last(Self.end, $0) + 4] = 1 }.contains("in several parts"))
        #expect(try problem("small.pt") { $0[try last(Self.end, $0) + 10] += 1 }.contains("8 entries, and says 9"))
        #expect(try problem("small.pt") { $0[try last(Self.end, $0) + 12] += 1 }.contains("directory is damaged"))
        #expect(try problem("small.pt") { $0[try last(Self.end, $0) + 15] = 0x7F }.contains("end of the zip directory"))
        #expect(try problem("small.pt") { $0[try last(Self.end, $0) + 16] -= 1 }.contains("directory is damaged"))
        // The end points to an extension that is not there.
        #expect(
            try problem("unaligned.pt") { bytes in
                let end = try last(Self.end, bytes)
                for place in end + 16..<end + 20 { bytes[place] = 0xFF }
            }.contains("end of the zip directory"))
        #expect(try problem("wide.pt") { $0[try last(Self.locator, $0)] = 0 }.contains("end of the zip directory"))
        #expect(
            try problem("wide.pt") { $0[try last(Self.locator, $0) + 15] = 0x7F }.contains("end of the zip directory"))
        #expect(
            try problem("wide.pt") { $0[try last(Self.locator, $0) + 15] = 0xFF }.contains("end of the zip directory"))
        #expect(try problem("wide.pt") { $0[try last(Self.wideEnd, $0)] = 0 }.contains("end of the zip directory"))
        #expect(
            try problem("wide.pt") { $0[try last(Self.wideEnd, $0) + 47] = 0x80 }.contains("end of the zip directory"))
        #expect(
            try problem("wide.pt") { $0[try last(Self.wideEnd, $0) + 55] = 0x80 }.contains("end of the zip directory"))
    }

    @Test("Entries that are not what the directory says are refused by name")
    func entriesThatLie() throws {
        let name = "'small/.data/serialization_id' in the archive"
        #expect(try problem("small.pt") { $0[try last(Self.entry, $0) + 8] = 1 }.contains("\(name) is encrypted"))
        #expect(
            try problem("small.pt") { $0[try last(Self.entry, $0) + 10] = 8 }.contains(
                "\(name) is compressed (method 8)"))
        #expect(try problem("small.pt") { $0[try last(Self.entry, $0) + 20] += 1 }.contains("directory is damaged"))
        #expect(try problem("small.pt") { $0[try last(Self.entry, $0) + 30] += 1 }.contains("directory is damaged"))
        #expect(
            try problem("small.pt") { bytes in
                let entry = try last(Self.entry, bytes)
                for field in [20, 24] { bytes[entry + field + 1] = 0xFF }
            }.contains("\(name) goes beyond the end of the archive"))
        #expect(try problem("small.pt") { $0[try last(Self.entry, $0) + 42] += 1 }.contains("\(name) is not where"))
        #expect(try problem("small.pt") { $0[try last(Self.entry, $0) + 45] = 0x7F }.contains("\(name) lies outside"))
        #expect(
            try problem("small.pt") { $0[try last(Self.entry, $0) + 46] = 0x78 }.contains(
                "has another name in its own header"))
        #expect(
            try problem("small.pt") { $0[try last(Self.entry, $0) + 46] = 0xFF }.contains("a name that is not UTF-8"))
        // The last number of the extension for large archives is an entry's place.
        #expect(
            try problem("wide.pt") { $0[try last(Self.entry, $0) + 46 + 29 + 34] = 0x80 }.contains(
                "directory is damaged"))
    }

    @Test("Names that stand twice are refused")
    func duplicates() throws {
        let text = try problem("small.pt") { bytes in
            // data/0 becomes another data/1.
            let name = Array("small/data/0".utf8)
            for place in 0..<bytes.count - name.count where Array(bytes[place..<place + name.count]) == name {
                bytes[place + name.count - 1] = 0x31
            }
        }
        #expect(text.contains("has 'small/data/1' twice"))
    }
}
