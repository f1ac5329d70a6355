import CImageCodecs

/// Decodes JPEG and PNG to upright images, with the pixels that Pillow gives.
///
/// The result is what `datasets` and `Image.convert("RGB")` of Pillow make of the bytes: turned as the metadata say,
/// without transparency, samples of 16 bits cut to 8 (grey ones are clipped instead), inks to colours. An image without
/// colours has one channel.
public struct ImageDecoder: Sendable {
    /// Images with more pixels are refused: twice the number from which Pillow warns of decompression bombs.
    public var pixelLimit = 2 * 178_956_970

    /// A decoder with the usual limit.
    public init() {}

    /// Decodes an image.
    ///
    /// - Throws: `ImageError`.
    public func decode(_ bytes: [UInt8]) throws(ImageError) -> Image {
        let format = try Self.format(of: bytes)
        let stored: StoredPixels =
            switch format {
            case .jpeg: try read(bytes, format, JPEGReader.self)
            default: try read(bytes, format, PNGReader.self)
            }
        return stored.image.oriented(ImageOrientation(ofImage: bytes, format))
    }

    private static func format(of bytes: [UInt8]) throws(ImageError) -> ImageFormat {
        if bytes.isEmpty { throw .empty }
        guard let format = ImageFormat(of: bytes) else { throw .unknownFormat(start: Array(bytes.prefix(8))) }
        guard format.isReadable else { throw .unsupportedFormat(format) }
        return format
    }

    private func read<Codec: CodecReader>(
        _ bytes: [UInt8], _ format: ImageFormat, _: Codec.Type
    ) throws(ImageError) -> StoredPixels {
        var message = CodecMessage()
        // Bytes stay where they are as long as the closure runs, and so does the reader.
        return try bytes.withUnsafeBufferPointer { (buffer) throws(ImageError) -> StoredPixels in
            guard let start = buffer.baseAddress else { throw .empty }
            var header = image_codecs_header()
            var reader: OpaquePointer?
            defer { Codec.close(reader) }
            try message.check(format) { Codec.open(start, buffer.count, &reader, &header, $0) }
            guard let reader else { throw .outOfMemory }
            let width = Int(header.width)
            let height = Int(header.height)
            let (pixelCount, overflow) = width.multipliedReportingOverflow(by: height)
            if overflow || pixelCount > pixelLimit { throw .tooLarge(width: width, height: height, limit: pixelLimit) }
            let samples = try [UInt8](initializing: header.row_byte_count * height) { rows throws(ImageError) in
                guard let rows = rows.baseAddress else { throw .malformed(format, reason: "there are no pixels") }
                try message.check(format) { Codec.read(reader, rows, $0) }
            }
            return StoredPixels(header: header, samples: samples)
        }
    }
}

/// The words of a library.
private struct CodecMessage {
    private var text = [CChar](repeating: 0, count: Int(IMAGE_CODECS_MESSAGE_SIZE))

    mutating func check(
        _ format: ImageFormat, _ call: (UnsafeMutablePointer<CChar>) -> image_codecs_status
    ) throws(ImageError) {
        let status = text.withUnsafeMutableBufferPointer { $0.baseAddress.map(call) } ?? IMAGE_CODECS_NO_MEMORY
        switch status {
        case IMAGE_CODECS_DONE: return
        case IMAGE_CODECS_TRUNCATED: throw .truncated(format)
        case IMAGE_CODECS_NO_MEMORY: throw .outOfMemory
        case IMAGE_CODECS_UNSUPPORTED: throw .unsupported(format, reason: words)
        default: throw .malformed(format, reason: words)
        }
    }

    private var words: String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The calls of one library.
private protocol CodecReader {
    static func open(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ reader: UnsafeMutablePointer<OpaquePointer?>,
        _ header: UnsafeMutablePointer<image_codecs_header>, _ message: UnsafeMutablePointer<CChar>
    ) -> image_codecs_status
    static func read(
        _ reader: OpaquePointer, _ rows: UnsafeMutablePointer<UInt8>, _ message: UnsafeMutablePointer<CChar>
    ) -> image_codecs_status
    static func close(_ reader: OpaquePointer?)
}

private enum JPEGReader: CodecReader {
    static func open(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ reader: UnsafeMutablePointer<OpaquePointer?>,
        _ header: UnsafeMutablePointer<image_codecs_header>, _ message: UnsafeMutablePointer<CChar>
    ) -> image_codecs_status {
        image_codecs_jpeg_open(bytes, count, reader, header, message)
    }

    static func read(
        _ reader: OpaquePointer, _ rows: UnsafeMutablePointer<UInt8>, _ message: UnsafeMutablePointer<CChar>
    ) -> image_codecs_status {
        image_codecs_jpeg_read(reader, rows, message)
    }

    static func close(_ reader: OpaquePointer?) { image_codecs_jpeg_close(reader) }
}

private enum PNGReader: CodecReader {
    static func open(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ reader: UnsafeMutablePointer<OpaquePointer?>,
        _ header: UnsafeMutablePointer<image_codecs_header>, _ message: UnsafeMutablePointer<CChar>
    ) -> image_codecs_status {
        image_codecs_png_open(bytes, count, reader, header, message)
    }

    static func read(
        _ reader: OpaquePointer, _ rows: UnsafeMutablePointer<UInt8>, _ message: UnsafeMutablePointer<CChar>
    ) -> image_codecs_status {
        image_codecs_png_read(reader, rows, message)
    }

    static func close(_ reader: OpaquePointer?) { image_codecs_png_close(reader) }
}
