import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("Digests of files")
struct FileDigestTests {
    private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("A small file is read as a whole")
    func small() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("file", "abc")
        #expect(try FileDigest(contentOf: scratch.path("file")).description == "sha256:" + Self.abc)
        #expect(try FileDigest(quicklyOf: scratch.path("file")).description == "sha256:" + Self.abc)
    }

    @Test("Of a large file, its length, its ends and some parts between count")
    func large() throws {
        let scratch = try ScratchDirectory()
        var random = SplitMix64(seed: 7)
        let bytes = (0..<1_000_003).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        func digest(_ bytes: [UInt8]) throws -> FileDigest {
            try scratch.write("file", bytes)
            return try FileDigest(quicklyOf: scratch.path("file"))
        }
        let original = try digest(bytes)
        #expect(original.kind == .sample && original.hexadecimal.utf8.count == 64)
        #expect(try digest(bytes) == original)
        #expect(try digest(bytes + [0]) != original)
        // What lies between the ends is cut into 33 parts, and each but the first gives its first bytes.
        let part = (1_000_003 - 2 * 65_536) / 33
        for place in [0, 65_535, 65_536 + part, 65_536 + 32 * part + 1023, 1_000_003 - 65_536, 1_000_002] {
            var changed = bytes
            changed[place] ^= 1
            #expect(try digest(changed) != original, "\(place)")
        }
        var changed = bytes
        changed[65_536 + part - 1] ^= 1
        #expect(try digest(changed) == original)
        #expect(try FileDigest(contentOf: scratch.path("file")).kind == .content)
    }

    @Test("The cache of the hub names large files by their hashes")
    func hub() throws {
        let scratch = try ScratchDirectory()
        let name = String(repeating: "0123456789abcdef", count: 4)
        try scratch.write("models--a--b/blobs/\(name)", "abc")
        try scratch.write("other/blobs/\(name)", "abc")
        try scratch.write("models--a--b/blobs/0123", "abc")
        try scratch.write("models--a--b/snapshots/c1/config.json", "abc")
        for (link, blob) in [
            ("a", "models--a--b/blobs/\(name)"), ("b", "models--a--b/blobs/0123"), ("c", "other/blobs/\(name)"),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: scratch.path("models--a--b/snapshots/c1/" + link), withDestinationPath: scratch.path(blob))
        }
        func quick(_ link: String) throws -> String {
            try FileDigest(quicklyOf: scratch.path("models--a--b/snapshots/c1/" + link)).description
        }
        #expect(try quick("a") == "hub-sha256:" + name)
        #expect(try quick("b") == "sha256:" + Self.abc)
        #expect(try quick("c") == "sha256:" + Self.abc)
        #expect(try quick("config.json") == "sha256:" + Self.abc)
        #expect(try FileDigest(contentOf: scratch.path("models--a--b/snapshots/c1/a")).hexadecimal == Self.abc)
    }

    @Test("A file that is not there is named")
    func missing() {
        #expect(throws: CheckpointError.self) { try FileDigest(quicklyOf: "/nowhere/file") }
        #expect(throws: CheckpointError.self) { try FileDigest(contentOf: "/nowhere/file") }
    }
}
