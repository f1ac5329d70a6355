/// The files in a tar archive, without their contents.
///
/// Source: IEEE Std 1003.1, `pax`, the ustar and pax interchange formats; names longer than 100 bytes also as GNU tar
/// writes them.
struct TarArchive: Equatable {
    /// A file in the archive.
    struct Member: Equatable, Sendable {
        let name: String
        /// Where its bytes are in the archive.
        let range: Range<Int>
    }

    let members: [Member]

    private static let blockSize = 512

    /// Reads the headers.
    ///
    /// - Parameters:
    ///   - byteCount: The length of the archive.
    ///   - read: Gives the bytes of a range that lies in it.
    /// - Throws: `TarProblem`, or what `read` throws.
    init(byteCount: Int, read: (Range<Int>) throws -> [UInt8]) throws {
        var members: [Member] = []
        var position = 0
        // What stands before a member for it alone.
        var longName: String?
        while position + Self.blockSize <= byteCount {
            let header = try read(position..<position + Self.blockSize)
            // Blocks of zeros end an archive.
            if header.allSatisfy({ $0 == 0 }) { break }
            let size = try Self.checkedSize(header, at: position)
            let start = position + Self.blockSize
            guard size <= byteCount - start else { throw TarProblem(offset: position, text: "a member is cut off") }
            let range = start..<start + size
            switch header[156] {
            case UInt8(ascii: "L"): longName = Self.text(try read(try Self.limited(range)))
            case UInt8(ascii: "x"): longName = Self.path(inRecords: try read(try Self.limited(range))) ?? longName
            case UInt8(ascii: "0"), 0:
                members.append(Member(name: longName ?? Self.name(header), range: range))
                longName = nil
            // Global records, directories, links and devices.
            case UInt8(ascii: "g"): break
            default: longName = nil
            }
            position = start + (size + Self.blockSize - 1) / Self.blockSize * Self.blockSize
        }
        if members.isEmpty, position == 0, byteCount > 0 { throw TarProblem(offset: 0, text: "it is no tar archive") }
        self.members = members
    }

    /// Names are not longer; contents are not read here.
    private static func limited(_ range: Range<Int>) throws(TarProblem) -> Range<Int> {
        guard range.count <= 1 << 16 else { throw TarProblem(offset: range.lowerBound, text: "a name is too long") }
        return range
    }

    private static func checkedSize(_ header: [UInt8], at position: Int) throws(TarProblem) -> Int {
        // The checksum counts its own bytes as blanks.
        let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        guard octal(header[148..<156]) == sum else {
            throw TarProblem(offset: position, text: "this is no header of a tar archive")
        }
        // Large sizes are binary, marked by the highest bit.
        let field = header[124..<136]
        let size = field.first.map { $0 & 0x80 != 0 } ?? false ? binary(field.dropFirst(4)) : octal(field)
        guard let size else { throw TarProblem(offset: position, text: "the size of a member is no number") }
        return size
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 32 }.prefix { $0 != 32 && $0 != 0 }
        if digits.isEmpty { return 0 }
        guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }

    private static func binary(_ bytes: ArraySlice<UInt8>) -> Int? {
        let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: value)
    }

    private static func name(_ header: [UInt8]) -> String {
        let name = text(header[..<100])
        // The older format of GNU has other fields there.
        let isStandard = header[257..<263].elementsEqual("ustar\0".utf8)
        let prefix = isStandard ? text(header[345..<500]) : ""
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The value of `path` in records of the form `length key=value`.
    private static func path(inRecords bytes: [UInt8]) -> String? {
        var rest = bytes[...]
        while let blank = rest.firstIndex(of: 32),
            let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length > 0, length <= rest.count
        {
            let record = rest.prefix(length)
            guard blank < record.endIndex else { return nil }
            let entry = record[(blank + 1)...]
            if entry.starts(with: "path=".utf8) {
                return String(decoding: entry.dropFirst(5).prefix { $0 != 10 }, as: UTF8.self)
            }
            rest = rest.dropFirst(length)
        }
        return nil
    }
}

/// Why bytes are no tar archive.
struct TarProblem: Error, Equatable {
    /// In bytes from the start of the archive.
    let offset: Int
    let text: String
}
