/// The metadata blocks of an image file that may say how it is turned.
struct ImageMetadata {
    /// EXIF: a TIFF file of its own.
    var exif: [UInt8] = []
    /// XMP: an XML text.
    var xmp: [UInt8] = []

    /// The blocks of a file; as far as they can be found if the file is damaged.
    init(ofImage bytes: [UInt8], _ format: ImageFormat) {
        switch format {
        case .jpeg: readSegments(bytes)
        case .png: readChunks(bytes)
        default: break
        }
    }

    /// Reads the segments of a JPEG file up to its first scan (ITU-T T.81, annex B).
    private mutating func readSegments(_ bytes: [UInt8]) {
        var position = 2
        while position + 4 <= bytes.count {
            let marker = bytes[position + 1]
            if bytes[position] != 0xFF || marker == 0xFF || marker == 0 {
                position += 1
                continue
            }
            // The scan and the end of the image.
            if marker == 0xDA || marker == 0xD9 { return }
            // Markers without a segment.
            if marker == 1 || (0xD0...0xD8).contains(marker) {
                position += 2
                continue
            }
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            let end = position + 2 + length
            guard length >= 2, end <= bytes.count else { return }
            if marker == 0xE1 { readApplicationSegment(bytes[position + 4..<end]) }
            position = end
        }
    }

    private mutating func readApplicationSegment(_ segment: ArraySlice<UInt8>) {
        if segment.starts(with: Self.exifPrefix) {
            // Large blocks go on in further segments.
            exif += segment.dropFirst(Self.exifPrefix.count)
        } else if segment.starts(with: Self.xmpPrefix) {
            xmp = Array(segment.dropFirst(Self.xmpPrefix.count))
        }
    }

    /// Reads the chunks of a PNG file (W3C, Portable Network Graphics Specification, third edition, 11.3).
    private mutating func readChunks(_ bytes: [UInt8]) {
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let start = position + 8
            guard length <= bytes.count - start - 4 else { return }
            let content = bytes[start..<start + length]
            switch String(decoding: bytes[position + 4..<start], as: UTF8.self) {
            case "eXIf": exif = Array(content.starts(with: Self.exifPrefix) ? content.dropFirst(6) : content)
            case "iTXt": readText(content)
            case "IEND": return
            default: break
            }
            position = start + length + 4
        }
    }

    /// Reads keyword, compression flag and method, language, translated keyword and text.
    private mutating func readText(_ content: ArraySlice<UInt8>) {
        let keyword = content.prefix { $0 != 0 }
        let rest = content.dropFirst(keyword.count + 1)
        guard keyword.elementsEqual("XML:com.adobe.xmp".utf8), let isCompressed = rest.first else { return }
        let texts = rest.dropFirst(2).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard texts.count == 3 else { return }
        if isCompressed == 0 {
            xmp = Array(texts[2])
        } else if let text = try? Inflater.inflate(Array(texts[2]), limit: 1 << 20) {
            xmp = text
        }
    }

    private static let exifPrefix = Array("Exif\0\0".utf8)
    private static let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
}
