extension ImageOrientation {
    /// What the metadata of a file say; upright if they say nothing, or nothing that has a meaning.
    init(ofImage bytes: [UInt8], _ format: ImageFormat) {
        let metadata = ImageMetadata(ofImage: bytes, format)
        let value = Self.value(inEXIF: metadata.exif) ?? Self.value(inXMP: metadata.xmp)
        self = value.flatMap(ImageOrientation.init(rawValue:)) ?? .upright
    }

    private static let tag = 0x0112

    /// The value of the tag in the first directory (TIFF 6.0, section 2); nil if it is not there.
    static func value(inEXIF exif: [UInt8]) -> Int? {
        let isLittleEndian: Bool
        switch exif.prefix(4) {
        case [0x49, 0x49, 0x2A, 0]: isLittleEndian = true
        case [0x4D, 0x4D, 0, 0x2A]: isLittleEndian = false
        default: return nil
        }
        func number(at offset: Int, _ byteCount: Int) -> Int? {
            guard offset >= 0, offset <= exif.count - byteCount else { return nil }
            let bytes = exif[offset..<offset + byteCount]
            return isLittleEndian
                ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, 4), let count = number(at: directory, 2) else { return nil }
        for index in 0..<count {
            let entry = directory + 2 + 12 * index
            guard let tag = number(at: entry, 2), let type = number(at: entry + 2, 2) else { return nil }
            guard tag == Self.tag else { continue }
            // Whole numbers of 8, 16 and 32 bits; a single byte without a sign stands for no number.
            guard number(at: entry + 4, 4) == 1, let size = [3: 2, 4: 4, 6: 1, 8: 2, 9: 4][type] else { return nil }
            return number(at: entry + 8, size)
        }
        return nil
    }

    /// The digit of `tiff:Orientation="6"` or `<tiff:Orientation>6<`; nil if there is none.
    static func value(inXMP xmp: [UInt8]) -> Int? {
        let name = Array("tiff:Orientation".utf8)
        var rest = xmp[...]
        while let start = rest.firstRange(of: name) {
            rest = rest[start.upperBound...]
            let digit = rest.starts(with: "=\"".utf8) ? rest.dropFirst(2).first : nil
            let element = rest.first == UInt8(ascii: ">") ? rest.dropFirst().first : nil
            if let byte = digit ?? element, (0x30...0x39).contains(byte) { return Int(byte - 0x30) }
        }
        return nil
    }
}
