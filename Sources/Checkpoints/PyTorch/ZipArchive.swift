import Diagnostics
import OrderedCollections

/// The directory of a zip archive, with the extension for large archives (zip64).
///
/// See PKWARE's APPNOTE.TXT, <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
struct ZipArchive {
    /// A file in the archive.
    struct Entry {
        let name: String
        /// How it is compressed; 0 if it is not.
        let method: UInt16
        let isEncrypted: Bool
        /// Its length in the archive, in bytes.
        let byteCount: Int
        /// Where its own header is, in bytes from the archive's start.
        let headerOffset: Int
    }

    let file: CheckpointFile
    /// The entries by name, in the order of the directory.
    private(set) var entries: OrderedDictionary<String, Entry> = [:]
    /// Where the directory starts; the files' content ends before.
    private let directoryOffset: Int

    private static let entrySignature: [UInt8] = [0x50, 0x4B, 0x01, 0x02]
    private static let headerSignature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    private static let headerByteCount = 30
    /// A directory of this size has a million entries.
    private static let directoryLimit = 128 << 20

    /// Whether a file starts like an archive.
    static func starts(_ file: CheckpointFile) throws(CheckpointError) -> Bool {
        guard file.byteCount >= headerSignature.count else { return false }
        return try file.read(0..<headerSignature.count) == headerSignature
    }

    /// Reads the directory at the end of a file.
    ///
    /// - Throws: `CheckpointError.malformed` if there is none, or it contradicts itself or the file's length.
    init(_ file: CheckpointFile) throws(CheckpointError) {
        self.file = file
        let end = try ZipDirectoryEnd(file)
        directoryOffset = end.directoryRange.lowerBound
        guard end.directoryRange.count <= Self.directoryLimit else {
            throw .malformed(path: file.path, problem: "the zip directory is longer than \(Self.directoryLimit) bytes")
        }
        var bytes = LittleEndianBytes(try file.read(end.directoryRange))
        while !bytes.isAtEnd {
            let entry = try Self.entry(&bytes, file)
            guard entries.updateValue(entry, forKey: entry.name) == nil else {
                throw .malformed(path: file.path, problem: "the zip directory has \(entry.name.quoted()) twice")
            }
        }
        guard entries.count == end.entryCount else {
            throw .malformed(
                path: file.path, problem: "the zip directory has \(entries.count) entries, and says \(end.entryCount)")
        }
    }

    private static func entry(
        _ bytes: inout LittleEndianBytes, _ file: CheckpointFile
    ) throws(CheckpointError) -> Entry {
        let failure = CheckpointError.malformed(path: file.path, problem: "the zip directory is damaged")
        guard bytes.take(4).map({ Array($0) }) == entrySignature, bytes.take(4) != nil,
            let flags = bytes.take(UInt16.self), let method = bytes.take(UInt16.self), bytes.take(8) != nil,
            let compressed = bytes.take(UInt32.self), let plain = bytes.take(UInt32.self),
            let nameLength = bytes.take(UInt16.self), let extraLength = bytes.take(UInt16.self),
            let commentLength = bytes.take(UInt16.self), bytes.take(8) != nil, let offset = bytes.take(UInt32.self),
            let nameBytes = bytes.take(Int(nameLength)), let extra = bytes.take(Int(extraLength)),
            bytes.take(Int(commentLength)) != nil
        else { throw failure }
        guard let name = String(validating: nameBytes, as: UTF8.self) else {
            throw .malformed(path: file.path, problem: "the zip directory has a name that is not UTF-8")
        }
        // Numbers that do not fit are in the extension, in this order.
        var wide = try wideNumbers(LittleEndianBytes(Array(extra)), failure)
        func number(_ narrow: UInt32) throws(CheckpointError) -> Int {
            guard narrow == UInt32.max else { return Int(narrow) }
            guard let number = wide?.take(UInt64.self).flatMap({ Int(exactly: $0) }) else { throw failure }
            return number
        }
        let plainByteCount = try number(plain)
        let byteCount = try number(compressed)
        let headerOffset = try number(offset)
        guard method != 0 || plainByteCount == byteCount else { throw failure }
        return Entry(
            name: name, method: method, isEncrypted: flags & 1 != 0, byteCount: byteCount, headerOffset: headerOffset)
    }

    /// The content of the field with the tag 1 among an entry's extra fields.
    private static func wideNumbers(
        _ extra: LittleEndianBytes, _ failure: CheckpointError
    ) throws(CheckpointError) -> LittleEndianBytes? {
        var extra = extra
        while !extra.isAtEnd {
            guard let tag = extra.take(UInt16.self), let length = extra.take(UInt16.self),
                let content = extra.take(Int(length))
            else { throw failure }
            if tag == 1 { return LittleEndianBytes(Array(content)) }
        }
        return nil
    }

    /// Where an entry's content is in the file.
    ///
    /// - Throws: `CheckpointError.malformed` if it is compressed, encrypted, or not where the directory says.
    func extent(of entry: Entry) throws(CheckpointError) -> Range<Int> {
        guard !entry.isEncrypted else { throw failure(entry, "is encrypted") }
        guard entry.method == 0 else {
            throw failure(entry, "is compressed (method \(entry.method)); PyTorch stores its data uncompressed")
        }
        guard entry.headerOffset >= 0, entry.headerOffset <= directoryOffset - Self.headerByteCount else {
            throw failure(entry, "lies outside of the archive")
        }
        var header = LittleEndianBytes(
            try file.read(entry.headerOffset..<entry.headerOffset + Self.headerByteCount))
        guard header.take(4).map({ Array($0) }) == Self.headerSignature, header.take(22) != nil,
            let nameLength = header.take(UInt16.self), let extraLength = header.take(UInt16.self)
        else { throw failure(entry, "is not where the zip directory says") }
        let nameOffset = entry.headerOffset + Self.headerByteCount
        let start = nameOffset + Int(nameLength) + Int(extraLength)
        guard start <= directoryOffset, entry.byteCount <= directoryOffset - start else {
            throw failure(entry, "goes beyond the end of the archive")
        }
        guard try file.read(nameOffset..<nameOffset + Int(nameLength)) == Array(entry.name.utf8) else {
            throw failure(entry, "has another name in its own header")
        }
        return start..<start + entry.byteCount
    }

    private func failure(_ entry: Entry, _ problem: String) -> CheckpointError {
        .malformed(path: file.path, problem: "\(entry.name.quoted()) in the archive \(problem)")
    }
}
