/// What the end of a zip archive says about its directory.
struct ZipDirectoryEnd {
    /// Where the directory is in the file.
    let directoryRange: Range<Int>
    let entryCount: Int

    private static let signature: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
    private static let wideSignature: [UInt8] = [0x50, 0x4B, 0x06, 0x06]
    private static let locatorSignature: [UInt8] = [0x50, 0x4B, 0x06, 0x07]
    private static let byteCount = 22
    private static let wideByteCount = 56
    private static let locatorByteCount = 20

    /// Looks for the end of the directory from the end of a file on.
    ///
    /// - Throws: `CheckpointError.malformed` if there is none, or it contradicts the file's length.
    init(_ file: CheckpointFile) throws(CheckpointError) {
        guard let offset = try Self.find(in: file) else {
            throw .malformed(
                path: file.path,
                problem: "this is no zip archive, or it is cut off: the directory at its end is missing")
        }
        let failure = CheckpointError.malformed(path: file.path, problem: "the end of the zip directory is damaged")
        var bytes = LittleEndianBytes(try file.read(offset..<offset + Self.byteCount))
        guard bytes.take(4) != nil, let disks = bytes.take(UInt32.self), bytes.take(2) != nil,
            let count = bytes.take(UInt16.self), let length = bytes.take(UInt32.self),
            let start = bytes.take(UInt32.self)
        else { throw failure }
        var numbers = (count: UInt64(count), length: UInt64(length), start: UInt64(start))
        var limit = offset
        if count == UInt16.max || length == UInt32.max || start == UInt32.max {
            guard let wide = try Self.wideNumbers(file, before: offset) else { throw failure }
            numbers = (wide.count, wide.length, wide.start)
            limit = wide.offset
        } else if disks != 0 {
            throw .malformed(path: file.path, problem: "this is one part of a zip archive in several parts")
        }
        guard let entryCount = Int(exactly: numbers.count), let byteCount = Int(exactly: numbers.length),
            let first = Int(exactly: numbers.start), first <= limit, byteCount <= limit - first
        else { throw failure }
        directoryRange = first..<first + byteCount
        self.entryCount = entryCount
    }

    /// A comment of any text may follow the end of the directory.
    private static func find(in file: CheckpointFile) throws(CheckpointError) -> Int? {
        let start = max(0, file.byteCount - byteCount - Int(UInt16.max))
        let tail = try file.read(start..<file.byteCount)
        var place = tail.count - byteCount
        while place >= 0 {
            if tail[place] == signature[0], tail[place..<place + 4].elementsEqual(signature) {
                let comment = Int(tail[place + 20]) | Int(tail[place + 21]) << 8
                if place + byteCount + comment == tail.count { return start + place }
            }
            place -= 1
        }
        return nil
    }

    private struct WideNumbers {
        let count: UInt64
        let length: UInt64
        let start: UInt64
        let offset: Int
    }

    /// The numbers of a large archive, which a locator before the end leads to.
    private static func wideNumbers(
        _ file: CheckpointFile, before end: Int
    ) throws(CheckpointError) -> WideNumbers? {
        let locatorOffset = end - locatorByteCount
        guard locatorOffset >= 0 else { return nil }
        var locator = LittleEndianBytes(try file.read(locatorOffset..<end))
        guard locator.take(4).map({ Array($0) }) == locatorSignature, locator.take(4) != nil,
            let offset = locator.take(UInt64.self).flatMap({ Int(exactly: $0) }), locatorOffset >= wideByteCount,
            offset <= locatorOffset - wideByteCount
        else { return nil }
        var bytes = LittleEndianBytes(try file.read(offset..<offset + wideByteCount))
        guard bytes.take(4).map({ Array($0) }) == wideSignature, bytes.take(28) != nil,
            let count = bytes.take(UInt64.self), let length = bytes.take(UInt64.self),
            let start = bytes.take(UInt64.self)
        else { return nil }
        return WideNumbers(count: count, length: length, start: start, offset: offset)
    }
}
