import CImageCodecs
import Glibc

/// Encodes images as baseline JPEG, with colours at half the resolution in both directions, as Pillow does by default.
public struct JPEGEncoder: Sendable {
    /// 1 (smallest file) to 100 (best image), as the Independent JPEG Group scales it.
    public let quality: Int

    /// An encoder of a quality.
    ///
    /// - Precondition: The quality is from 1 to 100.
    public init(quality: Int = 75) {
        precondition((1...100).contains(quality), "Qualities go from 1 to 100")
        self.quality = quality
    }

    /// Encodes an image.
    ///
    /// - Throws: `ImageError.unwritable` if it has more than 65,500 rows or columns, `.outOfMemory`.
    public func encode(_ image: Image) throws(ImageError) -> [UInt8] {
        guard let height = UInt32(exactly: image.height), let width = UInt32(exactly: image.width) else {
            throw .unwritable(reason: "it is too large")
        }
        var message = [CChar](repeating: 0, count: Int(IMAGE_CODECS_MESSAGE_SIZE))
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        defer { free(bytes) }
        let status = image_codecs_jpeg_write(
            image.samples, width, height, Int32(image.channels), Int32(quality), &bytes, &count, &message)
        switch status {
        case IMAGE_CODECS_DONE: return Array(UnsafeBufferPointer(start: bytes, count: count))
        case IMAGE_CODECS_NO_MEMORY: throw .outOfMemory
        default:
            throw .unwritable(
                reason: String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }
}
