/// The chunks of a PNG file with metadata that may say how the image is turned.
struct PNGMetadataChunks {
    /// A text, in one of the three forms that chunks have.
    fileprivate struct Text {
        enum Form {
            case plain
            case compressed
            case international
        }

        let form: Form
        /// What comes after the keyword.
        let content: ArraySlice<UInt8>
    }

    private var exifBlock: [UInt8]?
    /// EXIF as a text, which ImageMagick wrote before there was a chunk for it.
    private var profile: Text?
    private var packet: Text?

    /// Reads the chunks (W3C, *Portable Network Graphics Specification*, third edition, 11.3) as far as they are whole.
    init(_ bytes: [UInt8]) {
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let start = position + 8
            guard length <= bytes.count - start - 4 else { return }
            let content = bytes[start..<start + length]
            switch String(decoding: bytes[position + 4..<start], as: UTF8.self) {
            case "eXIf": exifBlock = Self.withoutPrefix(content)
            case "tEXt": readText(content, .plain)
            case "zTXt": readText(content, .compressed)
            case "iTXt": readText(content, .international)
            case "IEND": return
            default: break
            }
            position = start + length + 4
        }
    }

    /// Notes a text by its keyword; of several with one keyword the last counts.
    private mutating func readText(_ content: ArraySlice<UInt8>, _ form: Text.Form) {
        let keyword = content.prefix { $0 != 0 }
        let text = Text(form: form, content: content.dropFirst(keyword.count + 1))
        if keyword.elementsEqual("XML:com.adobe.xmp".utf8) {
            packet = text
        } else if keyword.elementsEqual("Raw profile type exif".utf8) {
            profile = text
        }
    }

    /// EXIF, from the text only where there is no chunk; empty if there is none.
    var exif: [UInt8] { exifBlock ?? profile?.bytes.flatMap(Self.exif(inProfile:)) ?? [] }

    /// XMP; empty if there is none.
    var xmp: [UInt8] { packet?.bytes.map { Array($0) } ?? [] }

    /// EXIF of a text: an empty line, the name and the length, each on a line; then hexadecimal digits.
    ///
    /// - Returns: The block; nil if something else stands there.
    private static func exif(inProfile profile: ArraySlice<UInt8>) -> [UInt8]? {
        let lines = profile.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4 else { return nil }
        var digits: [UInt8] = []
        for byte in lines[3] where byte != 0x20 && !(0x09...0x0D).contains(byte) {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            digits.append(UInt8(digit))
        }
        guard digits.count % 2 == 0 else { return nil }
        return withoutPrefix(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }[...])
    }

    private static func withoutPrefix(_ block: ArraySlice<UInt8>) -> [UInt8] {
        let prefix = ImageMetadata.exifPrefix
        return Array(block.starts(with: prefix) ? block.dropFirst(prefix.count) : block)
    }
}

extension PNGMetadataChunks.Text {
    /// A compressed text that is longer is left alone, in bytes.
    private static let limit = 1 << 20

    /// The text itself; nil if it is damaged.
    fileprivate var bytes: ArraySlice<UInt8>? {
        switch form {
        case .plain: return content
        // After the compression method, of which there is but one.
        case .compressed: return content.first == 0 ? Self.inflated(content.dropFirst()) : nil
        case .international:
            // After compression flag and method, language, and translated keyword.
            guard let isCompressed = content.first else { return nil }
            let method = content.dropFirst()
            let texts = method.dropFirst().split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            guard texts.count == 3 else { return nil }
            if isCompressed == 0 { return texts[2] }
            return method.first == 0 ? Self.inflated(texts[2]) : nil
        }
    }

    private static func inflated(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        (try? Inflater.inflate(Array(bytes), limit: limit)).map { $0[...] }
    }
}
