import OperatingSystem

/// What tells the content of a file from that of other files: a hash, with the way in which it was found.
public struct FileDigest: Sendable, Hashable {
    /// Of what the hash is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// SHA-256 of the whole content.
        case content = "sha256"
        /// SHA-256 of the whole content, as the cache of the hub has it: it names large files so. It was not computed again.
        case hubBlob = "hub-sha256"
        /// SHA-256 of the length and of some parts of the content; two files may differ elsewhere.
        case sample = "sample-sha256"
    }

    /// Of what the hash is.
    public let kind: Kind
    /// The hash, in 64 hexadecimal digits.
    public let hexadecimal: String

    /// A known hash.
    public init(_ kind: Kind, hexadecimal: String) {
        self.kind = kind
        self.hexadecimal = hexadecimal
    }

    /// A digest from its description; nil for other texts.
    public init?(parsing text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), Self.isHash(parts[1]) else { return nil }
        self.init(kind, hexadecimal: String(parts[1]))
    }

    private static func isHash(_ text: Substring) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }

    private init(_ kind: Kind, _ hash: SHA256) {
        self.init(kind, hexadecimal: SHA256.hexadecimal(hash.finish()))
    }
}

extension FileDigest: CustomStringConvertible {
    /// Kind and hash: `sha256:9f86d0…`.
    public var description: String { "\(kind.rawValue):\(hexadecimal)" }
}

extension FileDigest {
    /// The bytes at the start and at the end that belong to a sample: there are the headers of safetensors, and the
    /// directories of PyTorch's archives with the checksums of all tensors.
    private static let sampledEdge = 1 << 16
    /// The parts between that belong to a sample, at equal distances.
    private static let sampledPartCount = 32
    /// The bytes of such a part.
    private static let sampledPart = 1 << 10
    /// The bytes that are read at once.
    private static let chunk = 1 << 18

    /// What can be said of a file without reading all of it.
    ///
    /// That is the name in the cache of the hub, if it is a hash of the content. Otherwise it is the hash of a sample: of the
    /// length, as eight bytes, little endian; of the first 65536 bytes; of the first 1024 bytes of each but the first of 33
    /// parts into which everything between the ends is cut; and of the last 65536 bytes. Files of up to 256 KiB are read as
    /// a whole.
    ///
    /// - Throws: `CheckpointError` if the file cannot be read.
    public init(quicklyOf path: String) throws(CheckpointError) {
        if let name = Self.blobName(path) {
            self.init(.hubBlob, hexadecimal: name)
            return
        }
        let file = try CheckpointFile(path)
        guard file.byteCount > Self.chunk else {
            try self.init(contentOf: path)
            return
        }
        var hash = SHA256()
        hash.update(withUnsafeBytes(of: UInt64(file.byteCount).littleEndian) { Array($0) })
        hash.update(try file.read(0..<Self.sampledEdge))
        let between = file.byteCount - 2 * Self.sampledEdge
        for part in 1...Self.sampledPartCount {
            let start = Self.sampledEdge + between / (Self.sampledPartCount + 1) * part
            hash.update(try file.read(start..<start + Self.sampledPart))
        }
        hash.update(try file.read(file.byteCount - Self.sampledEdge..<file.byteCount))
        self.init(.sample, hash)
    }

    /// The hash of the whole content, which is read.
    ///
    /// - Throws: `CheckpointError` if the file cannot be read.
    public init(contentOf path: String) throws(CheckpointError) {
        let file = try CheckpointFile(path)
        var hash = SHA256()
        var failure: CheckpointError?
        withUnsafeTemporaryAllocation(byteCount: Self.chunk, alignment: 64) { buffer in
            do throws(CheckpointError) {
                for start in stride(from: 0, to: file.byteCount, by: Self.chunk) {
                    let count = min(Self.chunk, file.byteCount - start)
                    let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                    try file.read(at: start, into: chunk)
                    hash.update(UnsafeRawBufferPointer(chunk))
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        self.init(.content, hash)
    }

    /// The name of a file in the cache of the hub that is the SHA-256 of its content, as those of large files are.
    private static func blobName(_ path: String) -> String? {
        guard let resolved = FileSystem.resolved(path) else { return nil }
        let parts = resolved.split(separator: "/").suffix(3)
        guard let name = parts.last, parts.count == 3, parts.dropLast().last == "blobs",
            parts.first?.hasPrefix("models--") == true, isHash(name)
        else { return nil }
        return String(name)
    }
}
