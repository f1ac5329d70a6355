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
        case .png:
            let chunks = PNGMetadataChunks(bytes)
            exif = chunks.exif
            xmp = chunks.xmp
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

    /// What marks EXIF in segments, and may stand before it elsewhere.
    static let exifPrefix = Array("Exif\0\0".utf8)
    private static let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
}
